export type DynamicConfig = Readonly<Record<string, number | boolean | string>>;

/**
 * What a Temporal server of Pawl's is told beside its defaults. As it comes, the history service reads its queues at most
 * 20 times a second after a burst, so that a chain of remote steps waits 50 to 100 ms at each one. A server with few shards
 * and one user can read as often as there is work.
 */
export const DYNAMIC_CONFIG: DynamicConfig = {
  'history.transferProcessorMaxPollRPS': 5000,
  'history.transferProcessorMaxPollHostRPS': 5000,
  'history.timerProcessorMaxPollRPS': 5000,
  'history.timerProcessorMaxPollHostRPS': 5000,
  'system.enableActivityEagerExecution': true,
  // Without it a step's priority is kept and not heeded; with several partitions, heeded in each of them alone.
  'matching.useNewMatcher': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

/** The file that a Temporal server reads such settings from. JSON is YAML too. */
export function dynamicConfigFile(settings: DynamicConfig): string {
  const constraints = Object.entries(settings).map(([name, value]) => [name, [{ value }]]);
  return `${JSON.stringify(Object.fromEntries(constraints), null, 2)}\n`;
}
