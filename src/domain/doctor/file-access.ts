import { shellQuote } from '../command-line.ts';
import { containerUser } from '../deployment.ts';
import type { StatusObservation } from '../status-observation.ts';
import type { DoctorObservation, ObservedPath } from './doctor-observation.ts';

/** Bits of a mode for everybody else, and for the group. */
export const others = 0o007;
export const group = 0o070;

/** A path of the deployment, if it is there and could be looked at. */
export function pathOf({ files }: DoctorObservation, path: string): ObservedPath | undefined {
  return files.paths.find((each) => each.path === path);
}

/** The numeric user of a service's container; the stack's own where none is known. */
export function userOf({ setups }: DoctorObservation, service: string) {
  const [, uid, gid] =
    /^(\d+)(?::(\d+))?$/u.exec(setups.find((each) => each.service === service)?.user ?? '') ?? [];
  const user = uid === undefined ? containerUser : Number(uid);
  return { uid: user, gid: gid === undefined ? user : Number(gid) };
}

/** Whether mode and owner let a user at one of read (4), write (2), enter (1). */
export function lets(
  { mode, uid, gid }: ObservedPath,
  user: { readonly uid: number; readonly gid: number },
  bit: 1 | 2 | 4,
): boolean {
  if (user.uid === uid) return ((mode >> 6) & bit) !== 0;
  if (user.gid === gid) return ((mode >> 3) & bit) !== 0;
  return (mode & bit) !== 0;
}

/** `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** `mode 0644, owner 0:0`. */
export function inWords({ mode, uid, gid }: ObservedPath): string {
  return `mode ${octal(mode)}, owner ${uid}:${gid}`;
}

/** The path as a shell takes it, wherever one stands. */
export function at({ dir }: Pick<StatusObservation, 'dir'>, path: string): string {
  return shellQuote(path === '.' ? dir : `${dir}/${path}`);
}
