/** A fault in `data`, with the path to it inside `data`. */
export type DataProblem = { path: (string | number)[]; message: string }

/** How many faults are told at once: a document of a million bad numbers gets a short answer. */
const problemsMax = 20

type Node = { value: unknown; key: string | number; parent: Node | undefined; depth: number }

/**
 * Checks that a parsed JSON value can stand as an event's `data`: an object, at most `depthMax` levels deep, without
 * integers that a JavaScript number cannot hold exactly. Walks with its own stack, because a hostile document may be
 * deeper than the call stack.
 */
export function checkData(data: unknown, depthMax: number): DataProblem[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return [{ path: [], message: 'must be an object' }]
  }
  const problems: DataProblem[] = []
  const stack: Node[] = [{ value: data, key: '', parent: undefined, depth: 1 }]
  for (let node = stack.pop(); node !== undefined && problems.length < problemsMax; node = stack.pop()) {
    const { value } = node
    if (typeof value === 'number') {
      const message = numberFault(value)
      if (message !== undefined) problems.push({ path: pathOf(node), message })
    } else if (typeof value === 'object' && value !== null) {
      if (node.depth > depthMax) {
        problems.push({ path: pathOf(node).slice(0, 5), message: `is nested deeper than ${depthMax} levels` })
      } else {
        pushChildren(stack, node, value)
      }
    } else if (value === undefined || typeof value === 'function' || typeof value === 'bigint') {
      problems.push({ path: pathOf(node), message: 'is not a JSON value' })
    }
  }
  return problems
}

function pushChildren(stack: Node[], parent: Node, value: object): void {
  const depth = parent.depth + 1
  if (Array.isArray(value)) {
    for (let i = value.length - 1; i >= 0; i--) stack.push({ value: value[i], key: i, parent, depth })
    return
  }
  for (const key of Object.keys(value).reverse()) {
    stack.push({ value: (value as Record<string, unknown>)[key], key, parent, depth })
  }
}

function numberFault(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'is not a finite number'
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return 'is an integer beyond ±(2^53-1), which cannot be kept exactly: send it as a string'
  }
  return undefined
}

function pathOf(node: Node): (string | number)[] {
  const path: (string | number)[] = []
  for (let at: Node | undefined = node; at?.parent; at = at.parent) path.unshift(at.key)
  return path
}
