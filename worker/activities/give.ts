import { Context } from '@temporalio/activity';
import type { Quoted } from '../../plan/binding.js';
import { canonicalJson } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import type { GiveInput, StepTask } from '../../plan/protocol.js';
import { edgesOf, type LineageEdge } from '../../store/index.js';
import type { WorkerParts } from '../parts.js';
import { claimOf } from '../steps/claim-of.js';
import { decodeValue } from '../steps/values.js';
import { checkValue, outputSchemaOf } from './check.js';

/**
 * Commits what an operator gives in place of a step's output, as the step itself would have: checked by its schema, its
 * large parts spilled, with lineage. It is not offered for reuse. An attempt that is still at work somewhere is fenced.
 * @throws PawlError `InvalidValue`, not retryable, that names every problem; nothing was changed then.
 */
export async function give(input: GiveInput, parts: WorkerParts): Promise<Quoted> {
  const { task, value } = input;
  const output = await checkValue({ code: task.code, schema: outputSchemaOf(task.step), value }, parts);
  const lineage = [...edgesOf('in', task.input), ...(await outEdges(output, parts))];
  return commitGiven(input, output, lineage, parts);
}

/** The artifacts that the value names, all of them at hand. */
async function outEdges(output: Quoted, { store: { artifacts } }: WorkerParts): Promise<readonly LineageEdge[]> {
  const edges = edgesOf('out', (await decodeValue(output, { artifacts, definitions: new Map() })) as Json);
  for (const { artifact } of edges) if (!(await artifacts.holds(artifact))) throw noArtifact(artifact.digest);
  return edges;
}

/**
 * Into the generation that failed; where an attempt that was believed lost has committed that one meanwhile, into the
 * next that is free.
 */
async function commitGiven(
  { task, given }: GiveInput,
  output: Quoted,
  lineage: readonly LineageEdge[],
  { store: { journal } }: WorkerParts,
): Promise<Quoted> {
  const note = { given: { ...given } };
  for (let { generation } = task; ; generation += 1) {
    const claimed: StepTask = { ...task, generation };
    const options = claimOf(claimed, Context.current().info);
    const claim = await journal.claim(options);
    if (claim.state === 'claimed') {
      const { runId, node } = options;
      await journal.commit({ key: { runId, node, generation }, token: claim.token, output, lineage, note });
      return output;
    }
    // An earlier attempt of this activity may have come so far.
    if (canonicalJson(claim.note) === canonicalJson(note)) return claim.output;
  }
}

function noArtifact(digest: string): PawlError {
  return new PawlError(FailureType.InvalidValue, `the value names an artifact that is not here: ${digest}`, {
    hint: 'Nothing was changed by it. Name one of this environment: pawl show RUN --node NODE shows what a node put out.',
    retryable: false,
  });
}
