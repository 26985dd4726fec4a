const FORM = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * Milliseconds since 1970 of an ISO 8601 date or date and time. Without a zone it is read as it stands on the clock,
 * as if it were UTC; with one it is moved to UTC.
 * @returns undefined for any other text.
 */
export function parseTime(text: string): number | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = match;
  const days = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(days);
  // Date.UTC rolls the 31st of April over to the 1st of May.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second) - zoneSeconds(zone);
  return days + seconds * 1000 + Number(`0.${fraction}`) * 1000;
}

function zoneSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0')) * 60;
}
