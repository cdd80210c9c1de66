import { composeCommand, ownCommand } from '../status-item.ts';
import { type DoctorCheck, failed, passed, unknown, warned } from './doctor-check.ts';
import type { DoctorObservation, DriftedFile, ObservedOverride } from './doctor-observation.ts';

/** Variables of the shell that a Compose typed by hand would go by, and mcp-tunnel does not. */
export function judgeShell({ shell, status }: DoctorObservation): DoctorCheck {
  const base = {
    id: 'shell-environment',
    title: 'Variables of this shell',
    expected: 'no TUNNEL_ or COMPOSE_ variable: docker compose, typed by hand, goes by them',
  };
  if (shell.length === 0) return passed(base, 'none that matters');
  const tokenWins = shell.includes('TUNNEL_TOKEN') && status.token?.in === 'env';
  const harm = tokenWins
    ? 'a docker compose up typed in this shell takes its TUNNEL_TOKEN instead of the one in .env'
    : 'a docker compose typed in this shell may work on another project or with other settings; mcp-tunnel does not read them';
  const command = `unset ${shell.join(' ')}`;
  return warned(base, `${shell.join(', ')}: ${harm}`, {
    fix: `${command}   (and take it out of the shell’s start files)`,
    command,
  });
}

/** Whether Compose takes the files as they are. */
export function judgeComposeFile({ composeAccepts, status }: DoctorObservation): DoctorCheck {
  const base = {
    id: 'compose-file',
    title: 'docker-compose.yaml',
    expected: 'a file that Compose takes',
  };
  if (!status.services.ok)
    return failed(base, status.services.problem, {
      fix: `Correct it, or move it away and run: ${ownCommand(status, 'install')}`,
    });
  if (!composeAccepts) return unknown(base, 'Compose could not be asked');
  if (composeAccepts.ok)
    return passed(base, `Compose takes it; ${status.services.value.length} services`);
  const command = composeCommand(status, 'config --quiet');
  return failed(base, `Compose refuses it: ${composeAccepts.problem}`, {
    fix: `${command}   (names the line)`,
    command,
  });
}

function judgeOverride({ name, services }: ObservedOverride): DoctorCheck {
  const base = {
    id: 'override-file',
    title: 'Override file',
    expected: 'none, or one of yours, which mcp-tunnel leaves alone',
  };
  if (!services.ok)
    return failed(base, `${name}: ${services.problem}`, { fix: `Correct ${name}; it is yours.` });
  const part = (changes: boolean) =>
    services.value.filter((each) => each.changes === changes).map((each) => each.name);
  const [changed, added] = [part(true), part(false)];
  const what = [
    ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
    ...(changed.length > 0 ? [`changes ${changed.join(', ')}`] : []),
  ];
  return passed(base, `${name} is yours: it ${what.join('; ') || 'changes no service'}`);
}

/** The operator's own additions to the Compose file: told, not judged. */
export function judgeOverrides({ overrides }: DoctorObservation): DoctorCheck {
  const base = {
    id: 'override-file',
    title: 'Override file',
    expected: 'none, or one of yours, which mcp-tunnel leaves alone',
  };
  const [first, second] = overrides;
  if (!first) return passed(base, 'none');
  if (second)
    return warned(
      base,
      `there are two: ${first.name} and ${second.name}; Compose takes one of them`,
      {
        fix: 'Join them in one file.',
      },
    );
  return judgeOverride(first);
}

function judgeDriftedFile(
  { status }: DoctorObservation,
  { path, missing, why, diff }: DriftedFile,
): DoctorCheck {
  const install = ownCommand(status, 'install');
  return warned(
    {
      id: `drift-${path}`,
      title: `Drift of ${path}`,
      expected: 'what an installation would write: your own additions are no drift',
    },
    missing ? 'it is not there' : (why ?? 'it is not as mcp-tunnel writes it'),
    {
      fix: `${install} --dry-run   (shows the whole difference; without --dry-run it is taken back)`,
      command: `${install} --dry-run`,
      evidence: diff,
    },
  );
}

/** Files of ours that somebody changed in a way that an installation would take back. */
export function judgeDrift(seen: DoctorObservation): readonly DoctorCheck[] {
  const base = {
    id: 'drift',
    title: 'Drift of our files',
    expected: 'files as an installation with the same answers writes them',
  };
  const { drift } = seen;
  if (!drift.ok) return [unknown(base, drift.problem)];
  if (drift.value.length === 0) return [passed(base, 'none')];
  return drift.value.map((each) => judgeDriftedFile(seen, each));
}
