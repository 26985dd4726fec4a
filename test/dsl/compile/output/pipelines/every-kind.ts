import { approval, map, match, onExit, pipeline, present, reduce, reject, sleep, step, waitFor, when, z } from 'pawl';

/** Finds what there is: "all" of it & more. */
const find = step(
  'find',
  {
    input: z.object({ month: z.string() }),
    output: z.object({
      many: z.boolean(),
      note: z.string().nullable(),
      files: z.array(z.string()),
      state: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('clean'), rows: z.int() }),
        z.object({ kind: z.literal('dirty'), reason: z.string() }),
      ]),
    }),
  },
  () => ({ many: true, note: null, files: [], state: { kind: 'clean' as const, rows: 1 } }),
);

/** Works on something. */
const work = step('work', { input: z.json(), output: z.object({ n: z.number() }) }, () => ({ n: 1 }));

/** Prepares a file. */
const prepare = pipeline('prepare', { params: z.object({ file: z.string() }) }, ({ file }) => {
  const first = work(file);
  return work(first, { id: 'again' });
});

/** Uses every kind of node once. */
export default pipeline('every-kind', { params: z.object({ month: z.string() }) }, ({ month }) => {
  const found = find({ month }, { label: 'The <source>' });
  const each = map(found.files, (file) => work(file, { queue: 'gpu', cache: 'reuse' }), { concurrency: 4 });
  const summed = reduce(found.files, { n: 0 }, (value, file) => work([value, file]), { id: 'sum' });
  const prepared = prepare({ file: month });
  const judged = match(found.state, 'kind', {
    clean: () => work(found.state),
    dirty: () => reject(found.state),
  });
  const noted = present(
    found.note,
    (note) => note,
    () => work(found, { id: 'write' }),
  );
  const release = approval({
    id: 'release',
    ask: 'Deploy this?',
    show: [each, summed, judged],
    roles: ['owner', 'qa'],
    expires: '2d',
  });
  const pause = sleep('90m', { after: release });
  const labels = waitFor('labels', z.object({ file: z.string() }), { timeout: '6h', after: pause });
  onExit((run) => work(run.outcome, { id: 'tell' }));
  return when(
    release.approved,
    () => work([prepared, labels, noted], { id: 'deploy' }),
    () => reject(release),
  );
});
