import { writeFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Command } from 'commander';
import { historyText, readHistory, replayHistory } from '../../worker/runs/replay-run.js';
import { withExamples } from '../example.js';
import { printLine } from '../output.js';
import { withSession } from '../session.js';

export function addReplayCommand(program: Command): void {
  withExamples(
    program
      .command('replay <target>')
      .description("replay a run, or a history file, against this build's interpreter; needs neither pipeline nor code")
      .option('--save <file>', 'also write the history to a file')
      .action(replay),
    'pawl replay flight-delays-2001-03-02T06:00:00Z --save history.json',
    'pawl replay history.json',
  );
}

async function replay(target: string, { save }: { save?: string }): Promise<void> {
  if (target.endsWith('.json')) {
    await replayHistory(await readHistory(target), target);
  } else {
    const text = await withSession(async (session) => historyText(await session.client(), target));
    if (save) await writeFile(save, `${text}\n`);
    await replayHistory(historyFromJSON(JSON.parse(text)), target);
  }
  printLine(`${target}: replays`);
}
