/** What kind of error a code stands for, by the classes of SQLSTATE (PostgreSQL's appendix A, ISO 9075). */
const byCode: ReadonlyMap<string, string> = new Map([
  ['23505', 'Duplicate key'],
  ['23503', 'Foreign key violated'],
  ['23502', 'Value missing'],
  ['25P02', 'Transaction had failed before'],
  ['40001', 'Conflict with another transaction'],
  ['40P01', 'Deadlock'],
  ['42501', 'Permission denied'],
  ['42601', 'Syntax error'],
  ['42703', 'No such column'],
  ['42883', 'No such function'],
  ['42P01', 'No such table'],
  ['53100', 'Disk full'],
  ['53200', 'Out of memory'],
  ['53300', 'Too many connections'],
  ['55P03', 'Lock not available'],
  ['57014', 'Cancelled or timed out'],
])

const byClass: ReadonlyMap<string, string> = new Map([
  ['08', 'Connection failed'],
  ['22', 'Bad value'],
  ['23', 'Constraint violated'],
  ['25', 'Wrong state of the transaction'],
  ['28', 'Sign-in refused'],
  ['3D', 'No such database'],
  ['3F', 'No such schema'],
  ['40', 'Transaction rolled back'],
  ['42', 'Syntax or access'],
  ['53', 'Not enough resources'],
  ['54', 'Too complex'],
  ['55', 'Wrong state of the object'],
  ['57', 'Stopped by the operator'],
  ['58', 'System error'],
  ['XX', 'Internal error of the database'],
])

/** In words what an error code means; undefined for one that is no SQLSTATE. */
export function errorClassOf(code: string | undefined): string | undefined {
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return undefined
  return byCode.get(code) ?? byClass.get(code.slice(0, 2))
}
