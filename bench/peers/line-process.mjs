import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that answers each line with a line of JSON. What else it prints is dropped. */
export function startLineProcess(command, args, env) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once('close', resolve));
  const answer = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${command} ${args.join(' ')} has ended: ${said}`);
      if (value.startsWith('{"ms"')) return JSON.parse(value);
    }
  };
  return {
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return answer();
    },
    stop: async () => {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    },
  };
}
