import type { Command } from 'commander';
import type { Plan } from '../../plan/plan.js';
import { projectRoot } from '../../worker/code/check-packages.js';
import { findStack } from '../../worker/embedded/index.js';
import { currentPlan } from '../../worker/runs/current-plan.js';
import { compileFile, isFile } from '../compile-file.js';
import { withSession } from '../session.js';
import { describeParams } from './describe-params.js';
import { ownFlags } from './own-flags.js';
import { paramsOf } from './shape.js';

/** The part of a command's help that lists the params of the pipeline it was given. */
export async function helpParams(target: string, command: Command): Promise<string> {
  const plan = isFile(target) ? (await compileFile(target)).plan : await publishedPlan(target);
  if (!plan) return `\nParams of ${target}: not known while the stack does not run. Give the pipeline's file instead.`;
  return `\n${describeParams(plan.pipeline, paramsOf(plan.params), ownFlags(command))}`;
}

/** Null where a stack would have to be started to know. */
async function publishedPlan(name: string): Promise<Plan | null> {
  const runs = process.env.DATABASE_URL || (await findStack({ cwd: await projectRoot(process.cwd()) }));
  if (!runs) return null;
  return withSession(async (session) => (await currentPlan(name, await session.store())).plan);
}
