type Copy = {
  /** The place in the queue before which its first data were sent. */
  data: number
  /** The same of what ended them; undefined while more may come. */
  end: number | undefined
}

type Queue = { readonly firstPlace: number; readonly nextPlace: number }

/** Of a COPY: `data` and `end` are places in the queue, `isOver` says that the client has sent all of it. */
export type CopyPlace = { data: number; end: number; isOver: boolean }

/** Where among the messages of a client COPY data were sent, as places in the queue of what waits for an answer. */
export class CopyPlaces {
  #copies: Copy[] = []

  data(place: number): void {
    const last = this.#copies.at(-1)
    if (last === undefined) this.#copies.push({ data: place, end: undefined })
    // With nothing in between both are of one query; so there are no more than messages.
    else if (last.end === place) last.end = undefined
    else if (last.end !== undefined) this.#copies.push({ data: place, end: undefined })
  }

  /** CopyDone or CopyFail was sent. */
  end(place: number): void {
    this.data(place)
    const last = this.#copies.at(-1)
    if (last !== undefined) last.end = place
  }

  /** Something that is no COPY data and no Sync was sent: what there was has ended. */
  other(place: number): void {
    const last = this.#copies.at(-1)
    if (last !== undefined) last.end ??= place
  }

  /** The data of the COPY that is first in the queue. */
  of({ firstPlace, nextPlace }: Queue): CopyPlace {
    const found = this.#copies.find(({ end }) => end === undefined || end > firstPlace)
    if (found === undefined) return { data: nextPlace, end: nextPlace, isOver: false }
    return { data: found.data, end: found.end ?? nextPlace, isOver: found.end !== undefined }
  }

  /** The same; it has ended, and its data count no more. */
  takeOf(queue: Queue): CopyPlace {
    const place = this.of(queue)
    this.#copies = this.#copies.filter(({ end }) => end === undefined || end > place.end)
    return place
  }

  clear(): void {
    this.#copies = []
  }
}
