import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

describe('AUDIT_DATABASE_URL', () => {
  test.each([
    'postgres://ann:secret@db.example.com:5432/audit',
    'postgresql://ann:se%2Fcr%40et@127.0.0.1/audit?sslmode=verify-full',
    'postgres://ann@%2Fvar%2Frun%2Fpostgresql/audit',
    'postgres://db.example.com/audit',
  ])('may be %s, and is handed on unchanged', (url) => {
    expect(readConfig({ AUDIT_DATABASE_URL: url }).databaseUrl).toBe(url)
  })

  test.each([
    'mysql://ann:hunter2@db.example.com/audit',
    'db.example.com hunter2',
    'postgres://ann:hunter2@db.example.com',
    'postgres://ann:12/hunter2@db.example.com/audit',
    'postgres://ann:12?hunter2@db.example.com/audit',
    'postgres://ann:hunter2#x@db.example.com/audit',
    'postgres://ann:hunter2@db.example.com/audit#x',
  ])('is refused by name as %s, and what it holds is not repeated', (url) => {
    let message = ''
    try {
      readConfig({ AUDIT_DATABASE_URL: url })
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain('AUDIT_DATABASE_URL must be an address such as postgres://')
    expect(message).not.toContain('hunter2')
  })

  test('is not needed', () => {
    expect(readConfig({}).databaseUrl).toBeUndefined()
    expect(readConfig({ AUDIT_DATABASE_URL: '' }).databaseUrl).toBeUndefined()
  })
})
