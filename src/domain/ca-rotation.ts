/**
 * Where a CA rotation stands. `none`: nothing of one is there. `make`: begun, without a certificate.
 * `register`: nobody has said yet that the new CA is registered. `prove`: it is, and nothing that runs
 * was touched. `swap`: some of its files have taken the old ones' places, so that what lies in `data/`
 * does not fit together. `revoke`: all have; the old CA is to be revoked.
 */
export type RotationStage = 'none' | 'make' | 'register' | 'prove' | 'swap' | 'revoke';

/** What the disk tells of a rotation. */
export interface RotationSeen {
  /** Anything of it is there. */
  readonly begun: boolean;
  /** The new CA has its certificate. */
  readonly certified: boolean;
  readonly registered: boolean;
  /** How much of the new CA and its server pair is in `data/`. */
  readonly inPlace: 'nothing' | 'some' | 'all';
}

/** Nothing but what is on disk decides. Pure. */
export function rotationStage({
  begun,
  certified,
  registered,
  inPlace,
}: RotationSeen): RotationStage {
  if (!begun) return 'none';
  if (!certified) return 'make';
  if (inPlace === 'all') return 'revoke';
  if (inPlace === 'some') return 'swap';
  return registered ? 'prove' : 'register';
}

/** What a run can do without a person's word in between, in this order. */
export type RotationTask = 'make' | 'register' | 'prove' | 'swap' | 'close';

/** What only a person can do next. */
export type RotationWait = 'registration' | 'revocation';

export interface RotationWork {
  readonly tasks: readonly RotationTask[];
  /** What ends the run; undefined: the rotation is over with it. */
  readonly waitsFor: RotationWait | undefined;
}

/** What is known beside the disk. */
export interface RotationWord {
  /** A person has said that the new CA is registered. */
  readonly registered: boolean;
  /** A person has said that the old CA is revoked. */
  readonly revoked: boolean;
  /** Somebody registers and revokes by himself: in a rehearsal, the simulated Console. */
  readonly byItself: boolean;
}

const order: readonly RotationTask[] = ['make', 'register', 'prove', 'swap', 'close'];

const firstTask: Readonly<Record<RotationStage, RotationTask>> = {
  none: 'make',
  make: 'make',
  register: 'register',
  prove: 'prove',
  swap: 'swap',
  revoke: 'close',
};

/** What one run does of a rotation, and what it then waits for. Pure. */
export function rotationWork(
  stage: RotationStage,
  { registered, revoked, byItself }: RotationWord,
): RotationWork {
  const tasks: RotationTask[] = [];
  for (const task of order.slice(order.indexOf(firstTask[stage]))) {
    if (task === 'register' && !registered && !byItself) return { tasks, waitsFor: 'registration' };
    if (task === 'close' && !revoked && !byItself) return { tasks, waitsFor: 'revocation' };
    tasks.push(task);
  }
  return { tasks, waitsFor: undefined };
}

/** Why `--cancel` is refused; undefined where it is possible. */
export function whyNotCancelled(stage: RotationStage): string | undefined {
  if (stage === 'swap')
    return 'files of the new CA have taken the old ones’ places already; the rotation has to be finished';
  if (stage === 'revoke')
    return 'the new CA and its server pair are in place; only the old one is left to be revoked';
  return undefined;
}
