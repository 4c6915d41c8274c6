import type { Engine } from './engine.ts'

type Table = 'events' | 'event_tables'

/**
 * A table beside `table` for a week of it as it should be. `replaceWeek` puts it in the place of the week that is there,
 * at once: a search finds the one or the other, never both and never nothing.
 */
export class WeekCopy {
  readonly #engine: Engine
  readonly #table: Table
  readonly #week: string
  /** Where to put the rows. */
  readonly name: string

  private constructor(engine: Engine, table: Table, week: string, purpose: string) {
    this.#engine = engine
    this.#table = table
    this.#week = week
    this.name = `${table}_${purpose}`
  }

  /** Makes an empty copy; what an earlier one of this purpose left behind is gone. */
  static async create(engine: Engine, table: Table, week: string, purpose: string): Promise<WeekCopy> {
    const copy = new WeekCopy(engine, table, week, purpose)
    await copy.drop()
    await engine.command('long', `CREATE TABLE ${copy.name} AS ${table}`)
    return copy
  }

  async countRows(): Promise<number> {
    const [rows] = await this.#engine.queryLines('long', `SELECT count() FROM ${this.name}`)
    return Number(rows)
  }

  async replaceWeek(): Promise<void> {
    // With nothing the engine replaces nothing.
    const change =
      (await this.countRows()) === 0
        ? 'DROP PARTITION {week:String}'
        : `REPLACE PARTITION {week:String} FROM ${this.name}`
    await this.#engine.command('long', `ALTER TABLE ${this.#table} ${change}`, { week: this.#week })
  }

  async drop(): Promise<void> {
    await this.#engine.command('long', `DROP TABLE IF EXISTS ${this.name} SYNC`)
  }
}
