import type { Creator } from '@aleph-audit-log/domain/api/access'
import type { Viewer } from './viewer.ts'

/** Who makes something, copied into its row: what people made outlives their membership. */
export type CreatorColumns = {
  created_by_id: string
  created_by_name: string
  created_by_email: string | null
}

export function creatorColumns({ actor }: Viewer): CreatorColumns {
  const id = actor.id ?? actor.email ?? ''
  return {
    created_by_id: id,
    created_by_name: actor.name ?? actor.email ?? id,
    created_by_email: actor.email ?? null,
  }
}

export function creatorOf(row: CreatorColumns): Creator {
  return {
    name: row.created_by_name,
    ...(row.created_by_email !== null && { email: row.created_by_email }),
  }
}
