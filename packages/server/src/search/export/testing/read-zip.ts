import { crc32, inflateRawSync } from 'node:zlib'

/** A part of an archive as its directory and its own headers tell it. */
export type ZipPart = { bytes: Buffer; flags: number; versionNeeded: number }

/**
 * Reads a ZIP archive strictly (APPNOTE 6.3): every part must begin where the one before ended, the local header must
 * agree with the directory, a data descriptor must follow, and sizes and CRC must be right. Knows 32-bit and 64-bit
 * directories. Throws what is wrong.
 */
export function readZip(file: Buffer): Map<string, ZipPart> {
  const end = file.length - 22
  expectSignature(file, end, 0x0605_4b50, 'end of the directory')
  let count = file.readUInt16LE(end + 10)
  let at = file.readUInt32LE(end + 16)
  if (at === 0xffff_ffff) {
    expectSignature(file, end - 20, 0x0706_4b50, 'locator of the 64-bit end')
    const end64 = Number(file.readBigUInt64LE(end - 12))
    expectSignature(file, end64, 0x0606_4b50, '64-bit end of the directory')
    count = Number(file.readBigUInt64LE(end64 + 32))
    at = Number(file.readBigUInt64LE(end64 + 48))
  }
  const directoryStart = at
  const parts = new Map<string, ZipPart>()
  let partStart = 0
  for (let i = 0; i < count; i++) {
    expectSignature(file, at, 0x0201_4b50, 'entry of the directory')
    const nameBytes = file.readUInt16LE(at + 28)
    const extraBytes = file.readUInt16LE(at + 30)
    const name = file.toString('utf8', at + 46, at + 46 + nameBytes)
    const offset32 = file.readUInt32LE(at + 42)
    const offset = offset32 === 0xffff_ffff ? Number(file.readBigUInt64LE(at + 46 + nameBytes + 4)) : offset32
    if (offset !== partStart) throw new Error(`${name} begins at ${offset}, not at ${partStart}`)
    const packedBytes = file.readUInt32LE(at + 20)
    const { part, next } = readPart(file, offset, name, {
      crc: file.readUInt32LE(at + 16),
      packedBytes,
      bytes: file.readUInt32LE(at + 24),
    })
    parts.set(name, { ...part, versionNeeded: file.readUInt16LE(at + 6) })
    partStart = next
    at += 46 + nameBytes + extraBytes
  }
  if (partStart !== directoryStart) throw new Error('there is something between the parts and the directory')
  return parts
}

type Sizes = { crc: number; packedBytes: number; bytes: number }

function readPart(file: Buffer, offset: number, name: string, sizes: Sizes): { part: ZipPart; next: number } {
  expectSignature(file, offset, 0x0403_4b50, `local header of ${name}`)
  const flags = file.readUInt16LE(offset + 6)
  const versionNeeded = file.readUInt16LE(offset + 4)
  const nameBytes = file.readUInt16LE(offset + 26)
  if (file.toString('utf8', offset + 30, offset + 30 + nameBytes) !== name)
    throw new Error(`${name}: other name`)
  if (file.readUInt16LE(offset + 28) !== 0) throw new Error(`${name}: an extra field in the local header`)
  const start = offset + 30 + nameBytes
  const descriptor = start + sizes.packedBytes
  const bytes = inflateRawSync(file.subarray(start, descriptor))
  expectSignature(file, descriptor, 0x0807_4b50, `descriptor of ${name}`)
  const told = [4, 8, 12].map((field) => file.readUInt32LE(descriptor + field))
  const right = [crc32(bytes), sizes.packedBytes, bytes.length]
  if (told.join() !== right.join() || sizes.crc !== right[0] || sizes.bytes !== right[2]) {
    throw new Error(`${name}: CRC and sizes are ${right.join()}, not ${told.join()}`)
  }
  return { part: { bytes, flags, versionNeeded }, next: descriptor + 16 }
}

function expectSignature(file: Buffer, at: number, signature: number, what: string): void {
  if (file.readUInt32LE(at) !== signature) throw new Error(`no ${what} at ${at}`)
}
