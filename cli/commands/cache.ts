import type { Command } from 'commander';
import { durationMs } from '../../dsl/duration.js';
import { type Digest, isDigest } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { OfferFilter, StandingOffer } from '../../store/index.js';
import { withExamples } from '../example.js';
import { printJson, printLine, printTable } from '../output.js';
import { withSession } from '../session.js';

/** Commands about outputs that later executions may take over. */
export function addCacheCommand(program: Command): void {
  const cache = program.command('cache').description('outputs that later executions may take over');
  withExamples(
    cache
      .command('list')
      .description('list what is offered, latest first')
      .option('--pipeline <name>', 'only what runs of this pipeline made')
      .option('--step <name>', 'only of this step')
      .option('--node <id>', 'only of this node')
      .option('--json', 'print as JSON')
      .action(list),
    'pawl cache list --step train',
  );
  withExamples(
    cache
      .command('evict [keys...]')
      .description('offer outputs no more; the runs that made them keep all they have')
      .option('--pipeline <name>', 'what runs of this pipeline made')
      .option('--step <name>', 'of this step')
      .option('--node <id>', 'of this node')
      .option('--older-than <time>', 'made so long ago or longer, as 30d')
      .option('--all', 'everything')
      .option('--dry-run', 'say what would be evicted')
      .option('--json', 'print what is evicted as JSON')
      .action(evict),
    'pawl cache evict --pipeline flight-delays --step train --older-than 30d --dry-run',
    'pawl cache evict sha256:9f2c…',
  );
}

interface CacheOptions {
  readonly pipeline?: string;
  readonly step?: string;
  readonly node?: string;
  readonly olderThan?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

async function list({ json, ...filter }: CacheOptions): Promise<void> {
  const offers = await withSession(async (session) => (await session.store()).offers.list(filter));
  if (json) return printJson(offers);
  if (offers.length === 0) return printLine('Nothing is offered for reuse.');
  printOffers(offers);
}

async function evict(keys: readonly string[], options: CacheOptions): Promise<void> {
  const filter = filterOf(keys, options);
  const { json, dryRun = false } = options;
  await withSession(async (session) => {
    const store = (await session.store()).offers;
    const offers = await found(await store.list(), keys, () => store.list(filter));
    const evicted = offers.map(({ key }) => key);
    if (!dryRun) await store.withdraw(evicted, `evicted on ${new Date().toISOString().slice(0, 10)}`);
    if (json) return printJson({ dryRun, evicted: offers });
    if (offers.length > 0) printOffers(offers);
    const said = offers.length === 1 ? 'one output' : `${offers.length} outputs`;
    printLine(dryRun ? `would evict ${said}` : `evicted ${said}`);
  });
}

/** @throws PawlError `InvalidInput` for a key that nothing is offered under, before anything is evicted. */
async function found(
  all: readonly StandingOffer[],
  keys: readonly string[],
  offers: () => Promise<readonly StandingOffer[]>,
): Promise<readonly StandingOffer[]> {
  const unknown = keys.filter((key) => all.every((offer) => offer.key !== key));
  if (unknown.length === 0) return offers();
  throw wrong(`nothing is offered under ${unknown.join(', ')}`, 'pawl cache list shows what is; nothing was evicted.');
}

function filterOf(keys: readonly string[], { pipeline, step, node, olderThan, all }: CacheOptions): OfferFilter {
  const malformed = keys.find((key) => !isDigest(key));
  if (malformed !== undefined)
    throw wrong(`"${malformed}" is no key`, 'A key is sha256: and 64 digits: pawl cache list');
  const filter = {
    ...(keys.length > 0 && { keys: keys as readonly Digest[] }),
    ...(pipeline !== undefined && { pipeline }),
    ...(step !== undefined && { step }),
    ...(node !== undefined && { node }),
    ...(olderThan !== undefined && { olderThanMs: timeOf(olderThan) }),
  };
  const isEmpty = Object.keys(filter).length === 0;
  if (isEmpty && !all)
    throw wrong('nothing says what to evict', 'Give keys, --pipeline, --step, --node, --older-than, or --all.');
  if (!isEmpty && all) throw wrong('--all evicts everything, and other options say less', 'Leave out one of them.');
  return filter;
}

function timeOf(text: string): number {
  try {
    return durationMs(text);
  } catch (error) {
    throw wrong(`--older-than is ${(error as Error).message}`, 'Write it as 30d, 12h or 90m.');
  }
}

const wrong = (message: string, hint: string): PawlError => new PawlError(FailureType.InvalidInput, message, { hint });

function printOffers(offers: readonly StandingOffer[]): void {
  printTable(
    ['key', 'step', 'run', 'node', 'made', 'bytes', 'reused'],
    offers.map(({ key, step, run, node, committedAt, bytes, reused }) => [
      key,
      step,
      run,
      node,
      committedAt.slice(0, 19),
      String(bytes),
      String(reused),
    ]),
  );
}
