import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readHistory, replayHistory } from '../../worker/runs/replay-run.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const histories = readdirSync(folder).filter((file) => file.endsWith('.json'));

describe('committed histories replay against this interpreter', () => {
  test('there are some for each outcome', () => {
    expect(histories.length).toBeGreaterThanOrEqual(7);
  });

  test.each(histories)('%s', async (file) => {
    await replayHistory(await readHistory(join(folder, file)), file);
  });

  test('one that another plan made does not', async () => {
    const history = await readHistory(join(folder, 'engine-1-steps.json'));
    const renamed = history.events!.map((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled?.activityType?.name === 'add') scheduled.activityType.name = 'another';
      return event;
    });
    await expect(replayHistory({ events: renamed }, 'changed')).rejects.toThrow('does not replay');
  });
});
