/** Version of the interpreter's sequence of commands. Recorded by `begin`; older runs keep their own. */
export const ENGINE_VERSION = 4;

/** Temporal activity types of Pawl's own; every other activity type is the name of a step. */
export const ActivityName = {
  begin: 'pawl.begin',
  recordRun: 'pawl.record-run',
  /** Brings a value that is not in the history back, for a node that decides by it. */
  read: 'pawl.read',
  /** Looks whether such a value is `null`, without bringing it back. */
  isNull: 'pawl.is-null',
  /** Checks a value by a schema of the code bundle. */
  check: 'pawl.check',
  /** Tells people something, where their environment says how. */
  alert: 'pawl.alert',
  /** Runs several light steps at once. */
  lightSteps: 'pawl.light-steps',
  /** Finds the code that held steps have in the pipeline's current plan. */
  currentCode: 'pawl.current-code',
  /** Gives a run that Temporal has reset its place in Postgres. */
  followReset: 'pawl.follow-reset',
  /** Commits what an operator gives in place of a step's output. */
  give: 'pawl.give',
  /** Reads and checks the list of a map, and cuts a long one into chunks. */
  chunkItems: 'pawl.chunk-items',
  /** Gives a chunk its items and the plan. */
  beginChunk: 'pawl.begin-chunk',
  /** Puts a value of the history into an artifact. */
  keep: 'pawl.keep',
  /** Makes one list of what chunks came to. */
  joinChunks: 'pawl.join-chunks',
  /** Looks whether a signed grant proves a decision. */
  verifyGrant: 'pawl.verify-grant',
  /** Keeps who decided, for when the history is gone. */
  recordDecisions: 'pawl.record-decisions',
} as const;

/** Custom search attributes of a run; all are Keywords. */
export const SearchAttribute = {
  pipeline: 'PawlPipeline',
  phase: 'PawlPhase',
  outcome: 'PawlOutcome',
  plan: 'PawlPlan',
  model: 'PawlModel',
  /** Not set for `dev`. */
  environment: 'PawlEnvironment',
} as const;

/** Names of the Updates and the Query a run answers. */
export const RunMessage = {
  /** Tries held nodes again. */
  retry: 'retry',
  /** Gives a held step its output, so that it need not run. */
  skip: 'skip',
  /** Ends the run as aborted. */
  abort: 'abort',
  nodes: 'nodes',
  /** Decides for or against at an `approval`. */
  approve: 'approve',
  /** Sends a `waitFor` its event. */
  send: 'send',
} as const;

/** The task queue of runs and ordinary steps in `dev`; a step's own queue is `pawl-NAME`. */
export const TASK_QUEUE = 'pawl';

/** Temporal task queue of a step's queue. `base` is the environment's own queue. */
export function taskQueueOf(base: string, queue: string): string {
  return queue === 'default' ? base : `${base}-${queue}`;
}

/** The step's queue of which a Temporal task queue is; the other way of {@link taskQueueOf}. */
export function queueOf(base: string, taskQueue: string): string {
  return taskQueue.startsWith(`${base}-`) ? taskQueue.slice(base.length + 1) : 'default';
}

/** Key of a run's memo that says how all its steps use earlier outputs: `off`, or `refresh` for those that reuse. */
export const REUSE_MEMO = 'reuse';

/** Keys of a run's memo: a {@link FromRun}, and the node it ends with. */
export const FROM_MEMO = 'from';

export const UNTIL_MEMO = 'until';
