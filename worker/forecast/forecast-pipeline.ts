import { isPawlError } from '../../plan/failure.js';
import type { PipelineNode } from '../../plan/plan.js';
import { checkValue } from '../activities/check.js';
import { type Expected, isKnown, unknown } from './expected.js';
import type { ExpectedFrame } from './expected-frame.js';
import { type Forecaster, ifTheSame, onWhat } from './forecaster.js';
import { resolveExpected } from './resolve-expected.js';

export async function forecastPipeline(node: PipelineNode, frame: ExpectedFrame, all: Forecaster): Promise<Expected> {
  const given = resolveExpected(node.params, frame);
  const params = await checkedParams(node, given, all);
  if (typeof params === 'string') {
    all.note(node, frame, { forecast: 'runs', reason: `would be held: ${params}` });
    return unknown([frame.rename(node.id)]);
  }
  const { on } = given;
  if (on.size === 0) all.note(node, frame, { forecast: 'runs', reason: `goes through pipeline ${node.pipeline}` });
  else {
    const reason = isKnown(given)
      ? `goes through pipeline ${node.pipeline} with the same params ${ifTheSame(on, all)}`
      : onWhat(on);
    all.note(node, frame, { forecast: 'depends', reason, on });
  }
  return all.block(node.body, frame.withItem(node.id, params));
}

/** A text says why they do not fit. */
async function checkedParams(
  { pipeline }: PipelineNode,
  given: Expected,
  { bundle, code, store }: Forecaster,
): Promise<Expected | string> {
  if (!isKnown(given)) return given;
  try {
    const input = { code: bundle, schema: `pipeline/${pipeline}`, value: given.value };
    return { value: await checkValue(input, { code: { load: async () => code }, store }), on: given.on };
  } catch (error) {
    if (isPawlError(error)) return error.message;
    throw error;
  }
}
