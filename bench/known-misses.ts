/** Why a goal is missed, as far as it is known: printed beside the line for as long as it is. */
export const knownMisses: Readonly<Record<string, string>> = {
  'ingest.raw-chdb':
    'One JavaScript thread reads, checks, hashes and masks each event, reads its SQL and makes its row: some 140 µs, 34 of ' +
    'them for the SQL (see below), which is the bound. The engine and its merges take some 50 µs more of the same two cores, and the sender ' +
    'runs on them as well. Garbage, promises, copies and pauses were taken out of the way; a hand-written validator and ' +
    'other insert formats gained nothing. What is left is to make rows on another thread.',
  'ingest.postgres':
    "Three times PostgreSQL's COPY is more than the raw engine itself takes here. PostgreSQL is given ready-made rows; " +
    'HTTP, checks, SQL and hashes are ours alone.',
  'single-events.bare-node':
    'A request costs some 180 to 230 µs of the one JavaScript thread: 30 are the bare server, some 40 to 75 making and ' +
    'applying the event, and the rest is the HTTP framework, its objects and their collection. 0.4 leaves 70 µs for all of it.',
  'reads.newest':
    'The engine takes some 8 ms for the page, of which one granule of 5,000 rows is unpacked for 100 events; the rest is ' +
    'the request, and the record of the search, which is a sync of the disk.',
  'reads.newest-by-size':
    'Not profiled to its end: the newest day of the large log lies in several parts, and a page opens each of them.',
  'excel.encoder-deflate-level-1':
    'Walking the stored JSON and copying it costs some 6 µs a row beside deflate. Deflate in steps on another thread, as ' +
    'a server must do it, costs a tenth more than in one call.',
  'excel.encoder-exceljs-level-6':
    'Deflate alone is 0.19 of exceljs here: 0.2 would leave a twentieth of it for everything else.',
  'excel.download':
    'Reading from the engine, restoring the stored JSON, encoding and sending share two cores, where the encoder alone ' +
    'has them for itself.',
  'excel.memory':
    'After a start the ids of the log are read into memory while the download runs: some 80 MB of it. The rest are ' +
    'pieces of overlapping parts that the engine merges.',
  'excel.memory-slow':
    'After a start the ids of the log are read into memory while the download runs: some 80 MB of it.',
  'gateway.select-prepared-pipe':
    'On the edge: 1.31 to 1.39 by round. Three quarters of the process are the calls that write to sockets, which a pipe ' +
    'makes as well; reading along takes some 1.8 µs a statement, making its event 1.6, and the rest are timers and collection.',
  'gateway.writes':
    'A pipe in Node alone reaches 0.89 of pgbouncer here, so 0.85 leaves a twentieth for reading along and making seven ' +
    'events a transaction, on the same two cores as the server and the clients.',
  'gateway.enforce':
    'Five statements of a transaction wait for a sync of the disk each, one after the other, on the disk on which the server ' +
    'syncs its own commit. What may be shared is shared (group commit); the number of syncs is the bound. Since this was measured, ' +
    'events are written together with the next intent; that was not measured on a quiet machine yet.',
  'gateway.rows':
    'When this was measured, each read had a buffer of its own, and the collector ran a dozen times in one result because of ' +
    'them. Since then the server is read into one buffer; that was not measured on a quiet machine yet.',
  'page.interaction': 'On the edge: 191 to 257 ms by round.',
  'detections.ingest':
    'Both cores are busy. An event takes some 630 µs of them without rules and policies, and 1,040 with: rules on a thread of their own 110 to ' +
    '150, garbage of both threads 80 more, 50 policies some 50, alerts written 35 (one event in twelve of these made-up ones makes or ' +
    'joins one), events handed over 10. With a third core rules would cost next to nothing; on two, 0.85 would leave 110 for all of it.',
  'insights.activity-by-size':
    'On the edge: what came in of late lies in more parts in the large log, and each is opened.',
  'insights.people-of-moments':
    'The events of two broken days, some 1.6 million of 50, are counted one by one, twice: for people and for their tables.',
  'insights.people-of-moments-by-size':
    'As above: two broken days of the large log have five times as many events.',
  'insights.tables-of-moments':
    'The events of two broken days, some 1.6 million of 50, are counted one by one.',
  'insights.tables-of-moments-by-size':
    'As above: two broken days of the large log have five times as many events.',
  'insights.queries-of-moments':
    'The events of two broken days, some 1.6 million of 50, are counted one by one.',
  'insights.queries-of-moments-by-size':
    'As above: two broken days of the large log have five times as many events.',
  'backtests.slowest':
    'All texts of the log are gone through once, for 147 texts at a time (docs/decisions/0019): 5 s here, of which 1.5 s are reading.',
}
