import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { operations } from './api-operations.ts'
import { describeApi } from './openapi.ts'

/** Registers the OpenAPI description and a page that people can read, which needs no script. */
export function registerReference(app: FastifyInstance, publicUrl: () => string): void {
  app.get('/api/openapi.json', async () => describeApi(publicUrl()))
  app.get('/api/docs', async (_request, reply) =>
    reply.header('content-type', 'text/html; charset=utf-8').send(renderReference()),
  )
}

function renderReference(): string {
  const tags = [...new Set(operations.map((operation) => operation.tag))]
  const contents = tags.map((tag) => `<li><a href="#${tag}">${tag}</a></li>`).join('')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Aleph Audit Log API</title>
<style>${styles}</style>
</head>
<body>
<header>
<h1>Aleph Audit Log API</h1>
<p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1). Send <code>Authorization: Bearer &lt;API key&gt;</code>.
Errors are <code>application/problem+json</code>: decide on <code>code</code>.</p>
<nav aria-label="Contents"><ul>${contents}</ul></nav>
</header>
<main>${tags.map(renderTag).join('\n')}</main>
</body>
</html>`
}

function renderTag(tag: string): string {
  const sections = operations.filter((operation) => operation.tag === tag).map(renderOperation)
  return `<section id="${tag}"><h2>${tag}</h2>${sections.join('\n')}</section>`
}

function renderOperation(operation: (typeof operations)[number]): string {
  const {
    method,
    path,
    summary,
    description,
    scope,
    query,
    body,
    response,
    status = 200,
    otherResponse,
  } = operation
  return `<article>
<h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${escape(path)}</code></h3>
<p>${escape(summary)}${scope === undefined ? '' : ` <span class="scope">${escape(scope)}</span>`}</p>
${description === undefined ? '' : `<p>${escape(description)}</p>`}
${query ? `<h4>Query</h4>${renderSchema(query, 'input')}` : ''}
${body ? `<h4>Body</h4>${renderSchema(body, 'input')}` : ''}
<h4>Answer ${status}</h4>
${response ? renderSchema(response, 'output') : `<p>${escape(otherResponse ?? 'No content')}</p>`}
</article>`
}

function renderSchema(schema: z.ZodType, io: 'input' | 'output'): string {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return `<details><summary>Schema</summary><pre tabindex="0">${escape(JSON.stringify(described, undefined, 2))}</pre></details>`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character)
}

const styles = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 6rem; }
h1, h2, h3, h4 { line-height: 1.25; } h2 { margin-top: 3rem; } h4 { margin: 0.75rem 0 0.25rem; font-size: 0.9rem; }
article { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: 8px; padding: 0.25rem 1rem 1rem; margin: 1rem 0; }
nav ul { display: flex; gap: 1.5rem; padding: 0; list-style: none; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.875em; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 0.75rem; border-radius: 6px; background: color-mix(in srgb, currentColor 7%, transparent); }
.method { display: inline-block; min-width: 4.5rem; font-size: 0.8rem; letter-spacing: 0.03em; }
.scope { border: 1px solid; border-radius: 99px; padding: 0 0.5rem; font-size: 0.8rem; }
summary { cursor: pointer; }
`
