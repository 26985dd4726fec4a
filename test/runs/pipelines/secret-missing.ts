import { pipeline, secret, secretText, step, z } from 'pawl';

const login = step(
  'login',
  { input: z.object({ token: secretText() }), output: z.object({ length: z.int() }) },
  ({ token }) => ({ length: token.reveal().length }),
);

/** Waits until a worker has the secret. */
export default pipeline('secret-missing', { params: z.object({}) }, () => login({ token: secret('PAWL_TEST_TOKEN') }));
