import { userInfo } from 'node:os';

/** Who uses the command, as the machine knows them. Some containers run as a user without a name. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
