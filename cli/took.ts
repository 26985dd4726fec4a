/** How long something took, as `1.5 s`; empty while it goes on. */
export function tookOf({ startedAt, closedAt }: { startedAt: string; closedAt: string | null }): string {
  if (closedAt === null) return '';
  return `${((Date.parse(closedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`;
}
