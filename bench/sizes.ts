import type { Mode } from './benchmark.ts'

/** How large each part is measured. Times in seconds. */
export type Sizes = {
  ingest: {
    rounds: number
    seconds: number
    postgresSeconds: number
    clients: number
    /** Distinct events that a client repeats. */
    pool: number
    chdbBatches: number
    chdbBatchRows: number
  }
  singleEvents: {
    rounds: number
    warmUpSeconds: number
    seconds: number
    ratePerSecond: number
    connections: number
  }
  visibility: {
    seconds: number
    ratePerSecond: number
    probesPerSecond: number
    /** Events stored before the measurement under load, and how long its heavy query takes. */
    stored: number
    heavyQuerySeconds: number
  }
  reads: { stored: number; storedSmall: number; samples: number; coldRounds: number; postgresRows: number }
  insights: { stored: number; storedSmall: number; samples: number }
  excel: { rows: number; encoderRows: number; rounds: number; slowSeconds: number }
  /** `shapes` of SQL, `statements` of them; ingest with and without SQL for so many seconds. */
  sql: {
    rounds: number
    shapes: number
    statements: number
    pool: number
    seconds: number
    clients: number
  }
  /** pgbench at this scale for so many seconds a round, and a result of so many rows. */
  gateway: { rounds: number; seconds: number; scale: number; rows: number }
  /** The page before so many stored events; `rows` of them are loaded for scrolling, `liveSeconds` are watched. */
  page: {
    stored: number
    rounds: number
    rows: number
    frames: number
    liveSeconds: number
    ratePerSecond: number
  }
  /**
   * Histories of so many days; events whose alert is waited for; ingest with and without rules.
   */
  detections: {
    histories: number
    days: number
    samples: number
    rounds: number
    seconds: number
    clients: number
    pool: number
  }
  /** So many of each rule that is tried, before so many stored events. */
  backtests: { stored: number; samples: number }
}

export const sizesOf: Record<Mode, Sizes> = {
  // About half an hour on two cores, without making the stored events, which are kept for the next run.
  full: {
    ingest: {
      rounds: 2,
      seconds: 60,
      postgresSeconds: 30,
      clients: 2,
      pool: 100_000,
      chdbBatches: 8,
      chdbBatchRows: 50_000,
    },
    singleEvents: { rounds: 2, warmUpSeconds: 3, seconds: 15, ratePerSecond: 2000, connections: 200 },
    visibility: {
      seconds: 45,
      ratePerSecond: 2000,
      probesPerSecond: 20,
      stored: 10_000_000,
      heavyQuerySeconds: 10,
    },
    reads: {
      stored: 10_000_000,
      storedSmall: 100_000,
      samples: 25,
      coldRounds: 3,
      postgresRows: 500_000,
    },
    insights: { stored: 50_000_000, storedSmall: 10_000_000, samples: 25 },
    excel: { rows: 1_000_000, encoderRows: 200_000, rounds: 3, slowSeconds: 30 },
    sql: { rounds: 2, shapes: 5000, statements: 200_000, pool: 100_000, seconds: 20, clients: 2 },
    gateway: { rounds: 5, seconds: 10, scale: 10, rows: 1_000_000 },
    page: { stored: 10_000_000, rounds: 7, rows: 100_000, frames: 300, liveSeconds: 20, ratePerSecond: 500 },
    detections: {
      histories: 5,
      days: 30,
      samples: 100,
      rounds: 2,
      seconds: 30,
      clients: 2,
      pool: 100_000,
    },
    backtests: { stored: 10_000_000, samples: 5 },
  },
  // A few minutes: for work on the benchmark and a first look at a change.
  quick: {
    ingest: {
      rounds: 2,
      seconds: 5,
      postgresSeconds: 5,
      clients: 2,
      pool: 20_000,
      chdbBatches: 4,
      chdbBatchRows: 10_000,
    },
    singleEvents: { rounds: 2, warmUpSeconds: 1, seconds: 4, ratePerSecond: 500, connections: 50 },
    visibility: {
      seconds: 8,
      ratePerSecond: 500,
      probesPerSecond: 10,
      stored: 200_000,
      heavyQuerySeconds: 1,
    },
    reads: { stored: 200_000, storedSmall: 20_000, samples: 5, coldRounds: 2, postgresRows: 50_000 },
    insights: { stored: 200_000, storedSmall: 20_000, samples: 5 },
    excel: { rows: 50_000, encoderRows: 10_000, rounds: 2, slowSeconds: 3 },
    sql: { rounds: 1, shapes: 1000, statements: 50_000, pool: 20_000, seconds: 5, clients: 2 },
    gateway: { rounds: 2, seconds: 3, scale: 4, rows: 1_000_000 },
    page: { stored: 200_000, rounds: 3, rows: 10_000, frames: 60, liveSeconds: 5, ratePerSecond: 500 },
    detections: {
      histories: 1,
      days: 30,
      samples: 20,
      rounds: 1,
      seconds: 5,
      clients: 2,
      pool: 20_000,
    },
    backtests: { stored: 200_000, samples: 1 },
  },
  // Seconds: whether every part still works. Its figures mean nothing.
  smoke: {
    ingest: {
      rounds: 1,
      seconds: 1,
      postgresSeconds: 1,
      clients: 1,
      pool: 2000,
      chdbBatches: 1,
      chdbBatchRows: 2000,
    },
    singleEvents: { rounds: 1, warmUpSeconds: 0.2, seconds: 1, ratePerSecond: 100, connections: 10 },
    visibility: { seconds: 2, ratePerSecond: 50, probesPerSecond: 5, stored: 4000, heavyQuerySeconds: 0.05 },
    reads: { stored: 4000, storedSmall: 2000, samples: 2, coldRounds: 1, postgresRows: 1000 },
    insights: { stored: 4000, storedSmall: 2000, samples: 2 },
    excel: { rows: 3000, encoderRows: 1000, rounds: 1, slowSeconds: 0.5 },
    sql: { rounds: 1, shapes: 50, statements: 1000, pool: 2000, seconds: 1, clients: 1 },
    gateway: { rounds: 1, seconds: 1, scale: 1, rows: 20_000 },
    page: { stored: 4000, rounds: 1, rows: 1000, frames: 10, liveSeconds: 1, ratePerSecond: 50 },
    detections: {
      histories: 1,
      days: 24,
      samples: 2,
      rounds: 1,
      seconds: 1,
      clients: 1,
      pool: 2000,
    },
    backtests: { stored: 4000, samples: 1 },
  },
}
