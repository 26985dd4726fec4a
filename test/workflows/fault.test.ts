import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { FailureType } from '../../plan/failure.js';
import { faultOf } from '../../workflows/fault.js';

const timedOut = (type: 'SCHEDULE_TO_CLOSE' | 'START_TO_CLOSE' | 'SCHEDULE_TO_START', cause?: Error) =>
  new ActivityFailure('failed', 'train', '1', RetryState.TIMEOUT, 'worker', fromCause(type, cause));

function fromCause(type: 'SCHEDULE_TO_CLOSE' | 'START_TO_CLOSE' | 'SCHEDULE_TO_START', cause?: Error): Error {
  return Object.assign(new TimeoutFailure('timed out', undefined, type), { cause });
}

const missing = ApplicationFailure.create({
  type: FailureType.CodeMissing,
  message: 'worker vm:1 has no package "left" 1.2.3',
  details: [{ hint: 'Install it where the worker runs.' }],
});

test('a step that no worker could run says what they lack, and not that time ran out', () => {
  expect(faultOf('train', timedOut('SCHEDULE_TO_CLOSE', missing))).toEqual({
    node: 'train',
    type: FailureType.CodeMissing,
    message: 'worker vm:1 has no package "left" 1.2.3; it was tried again until there was no time left',
    hint: 'Install it where the worker runs.',
  });
});

test('a step that nobody took says so, and one that was cut off says what its last attempt met', () => {
  expect(faultOf('train', timedOut('SCHEDULE_TO_START'))).toEqual({
    node: 'train',
    type: 'SCHEDULE_TO_START',
    message: 'no attempt finished in time (SCHEDULE_TO_START)',
    hint: 'Check that a worker serves this queue (pawl doctor), then retry the run.',
  });
  expect(faultOf('train', timedOut('START_TO_CLOSE', missing))).toMatchObject({
    type: 'START_TO_CLOSE',
    message: expect.stringContaining('the last attempt said: worker vm:1 has no package'),
  });
});
