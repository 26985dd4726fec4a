import { z } from 'zod';

/** How far one column moved. */
export const columnDriftSchema = z.strictObject({
  column: z.string(),
  /** `l-infinity` (texts): largest change of a value's share. `jensen-shannon` (numbers): bits. Both go from 0 to 1. */
  measure: z.enum(['l-infinity', 'jensen-shannon']),
  value: z.number(),
  /** Population stability index over the values (texts) or the tenths of the earlier data (numbers). */
  psi: z.number(),
});
export type ColumnDrift = z.infer<typeof columnDriftSchema>;

export const driftSchema = z.strictObject({
  /** The run whose accepted rows this was compared with. */
  against: z.string(),
  /** The farthest first. */
  columns: z.array(columnDriftSchema),
  largest: columnDriftSchema.nullable(),
});
export type Drift = z.infer<typeof driftSchema>;
