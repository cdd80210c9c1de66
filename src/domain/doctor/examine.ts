import type { CheckResult, CheckStatus } from '../check.ts';
import { cleanLine } from '../log-line.ts';
import { commandIn } from './command-in.ts';
import { judgeContainerSet } from './container-checks.ts';
import type { DoctorCheck } from './doctor-check.ts';
import type { DoctorObservation } from './doctor-observation.ts';
import { judgeFileModes } from './file-modes.ts';
import { judgeComposeFile, judgeDrift, judgeOverrides, judgeShell } from './host-checks.ts';
import { type LayerId, layers } from './layer.ts';
import { needsOf } from './needs.ts';
import { judgeOutbound } from './outbound-checks.ts';
import { judgeRouting } from './routing-checks.ts';
import { judgeInnerTls } from './tls-checks.ts';

/** What was found in one layer. */
export interface ExaminedLayer {
  readonly id: LayerId;
  readonly title: string;
  readonly checks: readonly CheckResult[];
}

/** Everything that was found, and what follows from it. */
export interface Examination {
  readonly layers: readonly ExaminedLayer[];
  readonly conclusion: Conclusion;
}

/** How a layer came out: its worst check. */
export interface LayerVerdict {
  readonly id: LayerId;
  readonly title: string;
  readonly status: CheckStatus;
}

export interface Conclusion {
  /** One line. */
  readonly summary: string;
  readonly layers: readonly LayerVerdict[];
  /** The first check that failed, in the order of the layers: the others may follow from it. */
  readonly first?: { readonly layer: LayerId; readonly check: string };
  /** What to type next, or to do where nothing can be typed. */
  readonly next?: string;
  readonly failed: number;
  readonly warned: number;
}

/** The prerequisites of an installation by the layer that they are about. */
const prerequisitesIn: Readonly<Record<LayerId, readonly string[]>> = {
  host: [
    ...['docker-reachable', 'docker-rootless', 'compose-usable', 'clock'],
    ...['directory', 'disk-space', 'project-name'],
  ],
  outbound: ['edge-dns', 'edge-tcp', 'edge-udp', 'api-reachable'],
  'inner-tls': [],
  routing: ['network-overlap'],
};

function judgeLayer(id: LayerId, seen: DoctorObservation): readonly DoctorCheck[] {
  const ids = prerequisitesIn[id];
  const before = seen.prerequisites
    .filter((check) => ids.includes(check.id))
    .sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
  switch (id) {
    case 'host':
      return [
        ...before,
        judgeShell(seen),
        judgeComposeFile(seen),
        judgeOverrides(seen),
        ...judgeDrift(seen),
        ...judgeFileModes(seen),
        ...judgeContainerSet(seen),
      ];
    case 'outbound':
      return [...before, ...judgeOutbound(seen)];
    case 'inner-tls':
      return judgeInnerTls(seen);
    case 'routing':
      return [...judgeRouting(seen), ...before];
  }
}

/** A check that needs one that failed says nothing of its own: its fault would follow from that one. */
function afterThose(check: DoctorCheck, failed: ReadonlyMap<string, string>): DoctorCheck {
  const because = needsOf(check.id).find((id) => failed.has(id));
  if (because === undefined) return check;
  const { id, title, expected } = check;
  return { id, title, expected, status: 'skip', found: `not known: ${failed.get(because)} failed` };
}

/** Compose v1 is typed in one word. */
function typedWith(compose: readonly string[] | undefined, text: string): string {
  if (compose === undefined || compose.join(' ') === 'docker compose') return text;
  return text.replaceAll('docker compose', compose.join(' '));
}

/** Names and values of files that others wrote stand in a check: harmless for a terminal, line by line. */
function harmless(check: DoctorCheck): DoctorCheck {
  const { id, title, found, expected, fix, command, evidence } = check;
  const lines = (text: string) => text.split('\n').map(cleanLine).join('\n');
  return {
    ...check,
    id: cleanLine(id),
    title: cleanLine(title),
    found: cleanLine(found),
    expected: cleanLine(expected),
    ...(fix === undefined ? {} : { fix: lines(fix) }),
    ...(command === undefined ? {} : { command: cleanLine(command) }),
    ...(evidence === undefined ? {} : { evidence: evidence.map(cleanLine) }),
  };
}

function typedCheck(compose: readonly string[] | undefined, check: DoctorCheck): DoctorCheck {
  const { fix, command } = check;
  return {
    ...check,
    ...(fix === undefined ? {} : { fix: typedWith(compose, fix) }),
    ...(command === undefined ? {} : { command: typedWith(compose, command) }),
  };
}

/**
 * Judges everything that was seen, layer by layer in the vendor's order; what cannot be known because
 * an earlier check failed is skipped, with the reason. Pure, and never throws whatever is missing.
 *
 * @param compose how Compose is typed on this host, where that is known.
 */
export function examine(seen: DoctorObservation, compose?: readonly string[]): Examination {
  const failed = new Map<string, string>();
  const commands = new Map<string, string>();
  const examined = layers.map(({ id, title }) => ({
    id,
    title,
    checks: judgeLayer(id, seen).map((judged): CheckResult => {
      const { command, ...check } = typedCheck(compose, harmless(afterThose(judged, failed)));
      if (check.status === 'fail') failed.set(check.id, check.title);
      const typed = command ?? (check.fix === undefined ? undefined : commandIn(check.fix));
      if (typed !== undefined) commands.set(check.id, typed);
      return check;
    }),
  }));
  return { layers: examined, conclusion: conclude(examined, commands) };
}

const severity: readonly CheckStatus[] = ['fail', 'warn', 'pass', 'skip'];

function verdictOf(checks: readonly CheckResult[]): CheckStatus {
  return severity.find((status) => checks.some((check) => check.status === status)) ?? 'skip';
}

function conclude(
  examined: readonly ExaminedLayer[],
  commands: ReadonlyMap<string, string>,
): Conclusion {
  const all = examined.flatMap((layer) => layer.checks.map((check) => ({ layer, check })));
  const fails = all.filter(({ check }) => check.status === 'fail');
  const warned = all.filter(({ check }) => check.status === 'warn').length;
  const base = {
    layers: examined.map(({ id, title, checks }) => ({ id, title, status: verdictOf(checks) })),
    failed: fails.length,
    warned,
  };
  const [first] = fails;
  if (!first) {
    const look =
      warned === 0
        ? ''
        : ` ${warned} ${warned === 1 ? 'check deserves' : 'checks deserve'} a look.`;
    return { ...base, summary: `No check failed.${look}` };
  }
  const { layer, check } = first;
  const more =
    fails.length === 1 ? '' : ` ${fails.length - 1} more failed; they may follow from it.`;
  const next = commands.get(check.id) ?? check.fix;
  const found = check.found.replace(/\.$/u, '');
  return {
    ...base,
    summary: `First failing layer: ${layer.title}. ${check.title}: ${found}.${more}`,
    first: { layer: layer.id, check: check.id },
    ...(next === undefined ? {} : { next }),
  };
}
