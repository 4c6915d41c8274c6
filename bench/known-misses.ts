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
  'page.first-view':
    'The main thread works nearly all of it, half of that in JavaScript, which builds the whole page twice, with placeholders and ' +
    'with rows; the answer of the server is there after 0.1 s. Menus, popovers, dialogs and tooltips that exist only from their first ' +
    'use on took 13 % off, in a run against the version before on the same day.',
  'page.interaction': 'On the edge: 154 to 222 ms by round.',
  'detections.ingest':
    'All on the one JavaScript thread: of 916 µs an event here (510 without), 70 are rules, 60 their windows and pasts, 40 alerts ' +
    'written (one event in twelve of these made-up ones makes or joins one), 85 policies (34 of them Cedar, which ends when every ' +
    'combination was seen), 50 more garbage; the other 100 lie in what both do, which takes longer beside it. 0.85 would leave 90 of ' +
    'all of it: that takes rules on another thread.',
  'backtests.median':
    'Two threads read ten million events once: all their tables, persons and days. What is left is to ask tables of sums where ' +
    'a rule asks for no more than they know.',
  'backtests.slowest':
    'All texts of the log are gone through once, for 147 texts at a time (docs/decisions/0019): 5 s here, of which 1.5 s are reading.',
}
