import type { WaitsFor, WaitsForTurn } from './protocol.js';

/** True for what nobody has to do anything about. */
export function isForTurn(waitsFor: WaitsFor): waitsFor is WaitsForTurn {
  return waitsFor.kind === 'work' || waitsFor.kind === 'slot';
}

/** What a step waits for before it may begin, as a phrase for people. */
export function describeTurn(why: WaitsForTurn): string {
  const holder = `run ${why.run}, node ${why.node}`;
  if (why.kind === 'work') return `waits for ${holder}, which does the same work`;
  const places = why.slots === 1 ? 'the one place' : `one of the ${why.slots} places`;
  return `waits for ${places} of ${why.of}; ${why.run === '' ? 'others were first' : `${holder}, has had one longest`}`;
}
