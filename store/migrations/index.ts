import { plans } from './001-plans.js';
import { runs } from './002-runs.js';
import { journal } from './003-journal.js';
import { registry } from './004-registry.js';
import { predictions } from './005-predictions.js';
import { reuse } from './006-reuse.js';
import { settings } from './007-settings.js';
import { runTables } from './008-run-tables.js';
import { leases } from './009-leases.js';
import { operating } from './010-operating.js';
import { alerts } from './011-alerts.js';
import { decisions } from './012-decisions.js';
import { asks } from './013-asks.js';

/** One change of the schema: SQL with unqualified names. A released one never changes; a new one goes to the end. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** The first has version 1. */
export const migrations: readonly Migration[] = [
  { name: 'plans', sql: plans },
  { name: 'runs', sql: runs },
  { name: 'journal', sql: journal },
  { name: 'registry', sql: registry },
  { name: 'predictions', sql: predictions },
  { name: 'reuse', sql: reuse },
  { name: 'settings', sql: settings },
  { name: 'run-tables', sql: runTables },
  { name: 'leases', sql: leases },
  { name: 'operating', sql: operating },
  { name: 'alerts', sql: alerts },
  { name: 'decisions', sql: decisions },
  { name: 'asks', sql: asks },
];
