/** A setup file: servers are stopped after the last test, and must know then whether their logs are still wanted. */
import { afterEach } from 'vitest';

afterEach(({ task }) => {
  if (task.result?.state === 'fail') process.env.PAWL_TEST_FAILED = '1';
});
