import { readInsertColumns } from './insert-columns.ts'
import { kindOfNameIn } from './named-values.ts'
import { isRedacted, type RedactionKind } from './redaction.ts'
import type { Token } from './read-tokens.ts'
import { isNoPassword, skipBetween, tailIsClean } from './role-password.ts'
import { algorithm, CallFrame, ruleOfCall } from './secret-calls.ts'
import { secretKindOfName } from './secret-names.ts'
import { plainBefore, plainInSecret, passwordWords, StatementWords } from './statement-words.ts'
import { isStatementEnd, setValueAt, valueAt } from './value-places.ts'
import type { TextPart } from './text-part.ts'

export type WalkContext = {
  /** Notes a secret; the places are those of the part. `secret` where it is not what stands there. */
  found: (part: TextPart, start: number, end: number, kind: RedactionKind, secret?: string) => void
  /** The statement has a secret, though it does not stand in the text: it was removed, or is a parameter. */
  noteSecret: () => void
  /** Looks into a string or comment; gives back whether a secret of it stands behind it. */
  lookInside: (part: TextPart, token: Token) => boolean
}

/** Literals looked at in one list that belongs to a secret: past that the whole rest is masked. */
const listTokensMax = 1000
/** `||`, `+`: strings that are put together. */
const joins = new Set(['||', '+'])
/** A role is named where credentials could stand; that is no secret. */
const roleName = /^(?:aws_iam_role=)?arn:[\w:/+=,.@-]+$/

/**
 * One walk over the tokens of a text of SQL, from left to right: finds the literals that are secrets by what stands
 * before them. Where it is not certain where a secret ends, everything to the end of the text is one.
 */
export class SecretWalk {
  readonly #context: WalkContext
  readonly #part: TextPart
  readonly #text: string
  readonly #tokens: readonly Token[]
  /** What was decided about tokens further on. */
  readonly #planned = new Map<number, { what: 'literal' | 'rest' | 'done'; kind: RedactionKind }>()
  readonly #frames: CallFrame[] = []
  #statement = new StatementWords()
  #columns: ReadonlyMap<number, RedactionKind> | undefined
  #rows: CallFrame | undefined
  #goesOn = false
  #ended = false

  constructor(context: WalkContext, part: TextPart, tokens: readonly Token[]) {
    this.#context = context
    this.#part = part
    this.#text = part.text
    this.#tokens = tokens
  }

  /** Gives back whether a secret of the text stands behind it. */
  run(): boolean {
    for (const [i, token] of this.#tokens.entries()) {
      if (this.#ended) break
      const planned = this.#planned.get(i)
      if (planned?.what === 'rest') this.#removeRest(token.start, planned.kind)
      else if (planned?.what === 'literal') this.#removeLiteral(i, token, planned.kind)
      else if (planned === undefined) this.#look(i, token)
    }
    return this.#goesOn || this.#holdsSecrets()
  }

  #holdsSecrets(): boolean {
    return this.#frames.some((frame) => frame.holdsSecrets)
  }

  #look(i: number, token: Token): void {
    switch (token.kind) {
      case 'word':
        this.#word(i, token)
        break
      case 'string':
        this.#string(i, token)
        break
      case 'name':
        this.#name(i, token)
        break
      case 'variable':
        this.#named(i, secretKindOfName(token.upper))
        break
      case 'comment':
        this.#lookInside(i, token)
        break
      case 'parameter':
        if (this.#secretKindHere('') !== undefined) this.#context.noteSecret()
        break
      case 'number':
        if (this.#secretKindHere('') === 'password') this.#removeToken(token, 'password')
        break
      case 'sign':
        this.#sign(i, token)
        break
      case 'end':
        break
      default:
        token.kind satisfies never
    }
  }

  #name(i: number, token: Token): void {
    const kind =
      token.quote === '"' ? this.#frames.at(-1)?.columns?.get(this.#frames.at(-1)?.arg ?? 0) : undefined
    // Among the values of a row stands no name: in some dialects this is a string.
    if (kind !== undefined && this.#statement.valuesSeen) this.#removeLiteral(i, token, kind)
    else {
      this.#named(i, secretKindOfName(this.#content(token)))
      if (!this.#planned.has(i)) this.#lookInside(i, token)
    }
  }

  #secretKindHere(content: string): RedactionKind | undefined {
    return (this.#frames.at(-1) ?? this.#rows)?.kindOf(content)
  }

  #sign(i: number, { upper }: Token): void {
    const frame = this.#frames.at(-1) ?? this.#rows
    if (upper === '(') this.#open(i)
    else if (upper === ')') this.#frames.pop()
    else if (upper === ';' && !this.#frames.some(({ rule }) => rule !== undefined)) this.#endStatement()
    else if (upper === ',' && frame !== undefined) frame.arg++
    else if (upper === '.' && frame?.arg === 1) frame.dotted = true
    if (frame !== undefined) frame.lastSign = upper
  }

  #endStatement(): void {
    this.#statement = new StatementWords()
    this.#frames.length = 0
    this.#columns = undefined
    this.#rows = undefined
  }

  #open(i: number): void {
    const before = this.#tokens[i - 1]
    const outer = this.#frames.at(-1)
    const isName = before?.kind === 'word' || before?.kind === 'name'
    const rule = isName ? ruleOfCall(before.upper, this.#statement.isDatabase) : undefined
    const isRow = outer === undefined && this.#rows === undefined && rule === undefined
    this.#frames.push(new CallFrame(rule, isRow ? this.#columns : undefined, outer ?? this.#rows))
  }

  #word(i: number, token: Token): void {
    const { upper } = token
    const statement = this.#statement
    const depth = this.#frames.length
    statement.note(upper, depth)
    if (upper === 'INSERT' || upper === 'REPLACE' || upper === 'UPSERT') {
      this.#columns = readInsertColumns(this.#tokens, i + 1, (at) => this.#content(at)) ?? this.#columns
    } else if (this.#columns !== undefined && depth === 0) {
      if (upper === 'SELECT') this.#rows = new CallFrame(undefined, this.#columns, undefined)
      else if (upper === 'FROM') this.#rows = undefined
    }
    if (upper === 'SET' && depth === 0 && statement.isSet) this.#setting(i)
    const isPassword = passwordWords.has(upper) || (upper === 'REPLACE' && statement.identifiedSeen)
    if (isPassword && (statement.isRole || statement.identifiedSeen)) this.#passwordAfter(i)
    else if (statement.isRole && /^(?:PASSWORD|IDENTIFIED)\$/.test(upper)) {
      this.#removeRest(token.start + upper.indexOf('$'), 'password')
    } else this.#named(i, secretKindOfName(this.#text.slice(token.start, token.end)))
  }

  /** SET name = value: a value needs no quotes here. */
  #setting(i: number): void {
    const place = setValueAt(this.#text, this.#tokens, i + 1)
    if (place === undefined) return
    const kind = secretKindOfName(place.name, true)
    if (kind === undefined) return
    const token = this.#tokens[place.at]
    if (token === undefined) this.#goesOn = true
    else if (token.kind === 'word' && this.#tokens[place.at + 1]?.upper === '(') this.#value(place.at, kind)
    else if (token.kind !== 'word' && token.kind !== 'number') this.#value(place.at, kind)
    else if (!/^(?:DEFAULT|NULL|ON|OFF|TRUE|FALSE|NONE)$/.test(token.upper)) {
      this.#removeUntilBlank(place.at, kind)
    }
  }

  /** Removes a value without quotes: everything up to white space or the end of the statement. */
  #removeUntilBlank(from: number, kind: RedactionKind): void {
    let last = from
    for (let at = from; ; at++) {
      const token = this.#tokens[at]
      const before = this.#tokens[at - 1]
      if (token === undefined || token.upper === ';' || !token.closed) break
      if (at > from && token.start !== before?.end) break
      last = at
      this.#planned.set(at, { what: 'done', kind })
    }
    this.#context.found(this.#part, this.#tokens[from]?.start ?? 0, this.#tokens[last]?.end ?? 0, kind)
    // At the end of a string it may only have begun.
    if (last === this.#tokens.length - 1) this.#goesOn = true
  }

  /** Finds the password behind the keyword at `i` and has it removed, or the whole rest where that is not certain. */
  #passwordAfter(i: number): void {
    const { isRole } = this.#statement
    const at = skipBetween(this.#tokens, i + 1)
    const token = this.#tokens[at]
    const kind = 'password'
    if (token === undefined) {
      this.#goesOn = true
      return
    }
    if (this.#planned.has(at)) return
    const isWord = this.#tokens[i]?.upper === 'PASSWORD' && !isRole
    if (token.kind === 'string' || token.kind === 'name') {
      const clean =
        token.closed && (!isRole || tailIsClean(this.#text, this.#tokens, at + 1, this.#frames.length))
      this.#planned.set(at, { what: clean ? 'literal' : 'rest', kind })
    } else if (token.kind === 'parameter' || token.kind === 'variable') this.#context.noteSecret()
    else if (!isWord && !isNoPassword(token, this.#frames.length) && (isRole || this.#hasPrefix(i, at))) {
      const isBare = token.kind === 'word' || token.kind === 'number'
      const next = this.#tokens[at + 1]
      const clean = isRole
        ? tailIsClean(this.#text, this.#tokens, at + 1, this.#frames.length) && next?.start !== token.end
        : true
      if (!isBare || !clean) this.#planned.set(at, { what: 'rest', kind })
      else this.#removeUntilBlank(at, kind)
    }
  }

  /** `identified by`, not the name of a column. */
  #hasPrefix(from: number, to: number): boolean {
    return this.#tokens.slice(from + 1, to).some(({ upper }) => /^(?:BY|WITH|VIA|USING)$/.test(upper))
  }

  /** A name of the kind stands at `i`: what it is compared with, or set to, is a secret. */
  #named(i: number, kind: RedactionKind | undefined): void {
    if (kind === undefined) return
    const place = valueAt(this.#tokens, i)
    if (place === undefined) return
    if (place.at >= this.#tokens.length) this.#goesOn = true
    else this.#value(place.at, kind, place.direct)
  }

  /** Removes the literals of a value: one, those of a list or a call, those that are put together. */
  #value(from: number, kind: RedactionKind, direct = false): void {
    let at = from
    for (;;) {
      const token = this.#tokens[at]
      if (token === undefined) return
      if (token.kind === 'string') this.#planLiteral(at, token, kind)
      else if (token.kind === 'parameter') this.#context.noteSecret()
      else if (token.kind === 'number' && kind === 'password' && !direct) this.#planNumber(at, kind)
      else if (token.kind === 'name' && !direct) this.#valueInDoubleQuotes(at, kind)
      else if (token.upper === '(' && !direct) at = this.#removeInList(at, kind)
      else if (token.kind === 'word' && this.#tokens[at + 1]?.upper === '(' && !direct) {
        at = this.#removeInList(at + 1, kind)
      } else if (token.kind !== 'word') return
      const next = this.#tokens[at + 1]
      if (next?.kind === 'string') at++
      else if (next !== undefined && joins.has(next.upper)) at += 2
      else return
    }
  }

  #planLiteral(at: number, token: Token, kind: RedactionKind): void {
    if (!roleName.test(this.#content(token))) this.#planned.set(at, { what: 'literal', kind })
  }

  #planNumber(at: number, kind: RedactionKind): void {
    const token = this.#tokens[at]
    if (token === undefined) return
    this.#planned.set(at, { what: 'done', kind })
    this.#removeToken(token, kind)
  }

  /** Names stand in double quotes in some dialects and strings in others: a name that goes on is one. */
  #valueInDoubleQuotes(at: number, kind: RedactionKind): void {
    const token = this.#tokens[at]
    const next = this.#tokens[at + 1]
    const isName = token === undefined || token.quote !== '"' || next?.upper === '.'
    if (isName || isNameOfSecret(this.#content(token))) return
    this.#planned.set(at, { what: 'literal', kind })
  }

  /** Has every literal between the parenthesis at `from` and its partner removed; gives back where that is. */
  #removeInList(from: number, kind: RedactionKind): number {
    let depth = 0
    for (let at = from; at < this.#tokens.length; at++) {
      const token = this.#tokens[at]
      if (token === undefined || at - from > listTokensMax) {
        this.#planned.set(at, { what: 'rest', kind })
        return this.#tokens.length
      }
      if (token.upper === '(') depth++
      else if (token.upper === ')' && --depth === 0) return at
      else if (token.kind === 'string') {
        if (!algorithm.test(this.#content(token))) this.#planned.set(at, { what: 'literal', kind })
      } else if (token.kind === 'parameter') this.#context.noteSecret()
      else if (token.upper === ';') return at
    }
    this.#goesOn = true
    return this.#tokens.length
  }

  #string(i: number, token: Token): void {
    const content = this.#content(token)
    const frame = this.#frames.at(-1) ?? this.#rows
    const kind = frame?.kindOf(content)
    if (kind !== undefined) this.#removeLiteral(i, token, kind)
    else if (this.#statement.spilt) this.#removeLiteral(i, token, 'secret')
    else if (this.#isSecretOfStatement(i, token)) this.#removeLiteral(i, token, this.#statement.kind)
    else {
      const named = kindOfNameIn(content)
      frame?.notePair(named)
      // A name that is the last argument of a call, but no path, is a text: decode(kind, 'password', 'Password').
      const isText = this.#tokens[i + 1]?.upper === ')' && !/^[$[{]/.test(content)
      if (named !== undefined && !isText) this.#named(i, named)
      if (isRedacted(this.#text.slice(token.start, token.end))) this.#context.noteSecret()
      else this.#lookInside(i, token)
    }
  }

  /** In statements about roles and secrets every literal is one that is not known to be plain. */
  #isSecretOfStatement(i: number, token: Token): boolean {
    const { isRole, isSecret, isPassword, previous, settingSeen } = this.#statement
    if (!isRole && !isSecret && !isPassword) return false
    if (this.#text[token.start - 1] === '@' || this.#text[token.end] === '@') return false
    if (isPassword) return this.#tokens[i - 1]?.upper !== 'FOR'
    if (isSecret) return !plainInSecret.has(previous)
    return !plainBefore.has(previous) && !settingSeen && this.#frames.length === 0
  }

  /** A statement, a connection string or anything else inside of a string, name or comment. */
  #lookInside(i: number, token: Token): void {
    const goesOn = this.#context.lookInside(this.#part, token)
    const next = this.#tokens[i + 1]
    const runsOn = next?.start === token.end && isLiteralOrWord(next)
    if (runsOn && token.kind === 'string' && (this.#holdsSecrets() || endsWithName(this.#content(token)))) {
      // The string seems to end in its middle, so nobody knows which argument, or whose value, follows.
      this.#removeRest(token.end, 'secret')
    }
    if (!goesOn) return
    if (token.kind === 'comment') {
      // A comment that ends with the string it stands in may not have been one.
      this.#goesOn ||= token.end === this.#text.length
      return
    }
    this.#goesOn = true
    // The secret is put together from other strings: format('... PASSWORD %L', 'secret').
    this.#statement.spilt = true
    if (runsOn) this.#removeRest(token.end, 'secret')
  }

  /** Removes what a literal holds, and all that follows if it seems to end in its middle. */
  #removeLiteral(i: number, token: Token, kind: RedactionKind): void {
    const next = this.#tokens[i + 1]
    const content = this.#content(token)
    const runsOn = next?.start === token.end && isLiteralOrWord(next)
    const mayEscape = !token.escapes && token.quote === "'" && /(?<!\\)(?:\\\\)*\\$/.test(content.slice(-100))
    if (isRedacted(this.#text.slice(token.start, token.end))) this.#context.noteSecret()
    else if (!token.closed || runsOn || (mayEscape && next !== undefined && !isStatementEnd(next))) {
      this.#removeRest(token.contentStart, kind)
    } else if (token.contentEnd > token.contentStart) {
      const secret = this.#part.inside(token).text
      this.#context.found(this.#part, token.contentStart, token.contentEnd, kind, secret)
    } else this.#context.noteSecret()
  }

  #removeToken({ start, end }: Token, kind: RedactionKind): void {
    this.#context.found(this.#part, start, end, kind)
  }

  #removeRest(from: number, kind: RedactionKind): void {
    this.#goesOn = true
    this.#ended = true
    this.#context.found(this.#part, from, this.#text.length, kind)
  }

  #content(token: Token): string {
    return this.#text.slice(token.contentStart, token.contentEnd)
  }
}

/** Whether a text in double quotes is likelier the name of a column, such as "newPassword", than "Password1". */
function isNameOfSecret(content: string): boolean {
  return /^[A-Za-z_]+$/.test(content) && secretKindOfName(content) !== undefined
}

/** `... password `: where a string ends so, and seems to end too early, the value follows. */
function endsWithName(content: string): boolean {
  const name = /[\w.]+\s{0,20}$/.exec(content.slice(-120))?.[0].trim()
  return name !== undefined && secretKindOfName(name) !== undefined
}

function isLiteralOrWord({ kind }: Token): boolean {
  return kind !== 'sign' && kind !== 'comment'
}
