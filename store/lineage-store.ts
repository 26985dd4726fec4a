import type { Artifact } from '../plan/artifact.js';
import type { Digest } from '../plan/canonical.js';
import type { Database } from './database.js';
import type { NodeKey } from './journal-entry.js';
import type { LineageDirection } from './tables.js';

/** A node that wrote (`out`) or read (`in`) an artifact. */
export interface LineageUse extends NodeKey {
  readonly direction: LineageDirection;
  /** Where in the node's input or output, as a JSON pointer. */
  readonly path: string;
  readonly workflowId: string;
  readonly pipeline: string;
  readonly step: string;
  readonly nominalTime: string;
  readonly committedAt: string;
}

/** Which nodes read and wrote which artifacts. */
export interface LineageStore {
  /** Every use of an artifact, oldest first. */
  lineageOf(digest: Digest): Promise<LineageUse[]>;
  /** What is known of an artifact that some node read or wrote. */
  artifact(digest: Digest): Promise<Artifact | null>;
}

/** Lineage in Postgres. */
export function openLineageStore(db: Database): LineageStore {
  return {
    lineageOf: (digest) => lineageOf(db, digest),
    artifact: async (digest) => {
      const row = await db.kysely.selectFrom('artifacts').selectAll().where('digest', '=', digest).executeTakeFirst();
      return row === undefined ? null : { digest: row.digest, bytes: row.bytes, mediaType: row.media_type };
    },
  };
}

async function lineageOf(db: Database, digest: Digest): Promise<LineageUse[]> {
  return db.kysely
    .selectFrom('lineage as edge')
    .innerJoin('journal', (join) =>
      join
        .onRef('journal.run_id', '=', 'edge.run_id')
        .onRef('journal.node', '=', 'edge.node')
        .onRef('journal.generation', '=', 'edge.generation'),
    )
    .select(['edge.direction', 'edge.path', 'edge.node', 'edge.generation', 'journal.pipeline', 'journal.step'])
    .select(['edge.run_id as runId', 'journal.workflow_id as workflowId', 'journal.nominal_time as nominalTime'])
    .select((row) => row.ref('journal.committed_at').$notNull().as('committedAt'))
    .where('edge.digest', '=', digest)
    .orderBy('journal.committed_at')
    .orderBy('edge.path')
    .execute();
}
