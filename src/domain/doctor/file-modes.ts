import { dirname } from 'node:path';
import { containerUser, services } from '../deployment.ts';
import { ownCommand } from '../status-item.ts';
import { type DoctorCheck, failed, passed, unknown, warned } from './doctor-check.ts';
import type { DoctorObservation } from './doctor-observation.ts';
import { at, group, inWords, lets, octal, others, pathOf, userOf } from './file-access.ts';

interface SecretFile {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  /** The service whose container reads it. */
  readonly service: string;
}

/** A file that exactly one container's user must be able to read. */
function judgeSecret(
  seen: DoctorObservation,
  { id, title, path, service }: SecretFile,
): DoctorCheck {
  const base = {
    id,
    title,
    expected: `mode 0400, owner ${containerUser}: only ${service} reads it`,
  };
  const file = pathOf(seen, path);
  const install = ownCommand(seen.status, 'install');
  const full = at(seen.status, path);
  const fix = `${install}   (sets owner and mode; by hand: sudo chown ${containerUser}:${containerUser} ${full} && sudo chmod 0400 ${full})`;
  const mend = { fix, command: install };
  if (!file) return failed(base, `there is no ${path}`, { fix: install, command: install });
  if (file.kind !== 'file') return failed(base, `it is no plain file but a ${file.kind}`, mend);
  const found = inWords(file);
  if ((file.mode & others) !== 0) {
    const closed =
      (pathOf(seen, '.')?.mode ?? 0o777) & others
        ? ''
        : ', once they get past the deployment’s directory';
    return failed(base, `${found}: every user of this host can read it${closed}`, mend);
  }
  if (!seen.files.ownersHold)
    return unknown(
      base,
      `${found}; the engine maps user ids, so this owner is not the container’s`,
    );
  if (!lets(file, userOf(seen, service), 4))
    return failed(base, `${found}: the user of ${service} cannot read it`, mend);
  if ((file.mode & group) !== 0 && file.gid !== userOf(seen, service).gid)
    return warned(base, `${found}: the group ${file.gid} can read it, too`, mend);
  return passed(base, found);
}

/** The CA's key signs certificates for this tunnel: no container needs it. */
function judgeCaKey(seen: DoctorObservation): DoctorCheck {
  const { caKey: path, proxyService, setupId } = seen.places;
  const base = {
    id: 'ca-key-mode',
    title: path,
    expected: 'not on this host, or mode 0600 and yours',
  };
  const file = pathOf(seen, path);
  const full = at(seen.status, path);
  if (!file) return passed(base, 'it is not on this host');
  const found = inWords(file);
  const user = userOf(seen, proxyService);
  const isSetups = pathOf(seen, setupId) !== undefined;
  const chmod = `chmod 600 ${full}`;
  const chown = `sudo chown "$(id -u)" ${full} && sudo ${chmod}`;
  const command = file.uid === user.uid ? chown : chmod;
  const mend = {
    fix: `${command}   (or keep it off this host: renew-cert takes --ca-key FILE)`,
    command,
  };
  if ((file.mode & others) !== 0)
    return failed(
      base,
      `${found}: every user of this host, and ${proxyService}’s container, can read it`,
      mend,
    );
  if (seen.files.ownersHold && lets(file, user, 4)) {
    const why = `${found}: ${proxyService}’s container can read it`;
    if (isSetups)
      return warned(base, `${why}; the vendor’s layout has it so`, {
        fix: `setup needs it there to renew the certificate: whoever gets into ${proxyService} can sign certificates for this tunnel.`,
      });
    return failed(base, why, mend);
  }
  if ((file.mode & group) !== 0) return warned(base, `${found}: its group can read it`, mend);
  return passed(base, found);
}

function judgeEnv(seen: DoctorObservation): readonly DoctorCheck[] {
  const file = pathOf(seen, '.env');
  if (!file) return [];
  const base = { id: 'env-mode', title: '.env', expected: 'mode 0600' };
  const open = (file.mode & (others | group)) !== 0;
  const found = inWords(file);
  const command = `chmod 600 ${at(seen.status, '.env')}`;
  if (!open) return [passed(base, found)];
  const mend = { fix: command, command };
  return [
    seen.envHoldsMore
      ? failed(
          base,
          `${found}: other users of this host can read what it sets, a token among it or not`,
          mend,
        )
      : warned(base, found, mend),
  ];
}

function judgeDirectories(seen: DoctorObservation): DoctorCheck {
  const base = {
    id: 'directory-mode',
    title: 'Folders',
    expected: 'the deployment’s directory 0700; config/ enterable, data/ and credentials/ 0711',
  };
  const install = ownCommand(seen.status, 'install');
  const { data, credentials, config, proxyService } = seen.places;
  const top = pathOf(seen, '.');
  const inner = [dirname(config), data, credentials].flatMap((path) => pathOf(seen, path) ?? []);
  const all = [...(top ? [top] : []), ...inner];
  const evidence = all.map((each) => `${each.path}/: ${inWords(each)}`);
  const mend = { fix: install, command: install, evidence };
  const writable = all.filter(({ mode }) => (mode & 0o002) !== 0);
  if (writable.length > 0) {
    const names = writable.map(({ path }) => (path === '.' ? 'the directory' : `${path}/`));
    return failed(base, `every user of this host can write in ${names.join(', ')}`, mend);
  }
  const readers = { [data]: proxyService, [credentials]: services.cloudflared };
  const shut = Object.entries(readers).filter(([path, service]) => {
    const folder = pathOf(seen, path);
    return seen.files.ownersHold && folder && !lets(folder, userOf(seen, service), 1);
  });
  if (shut.length > 0) {
    const names = shut.map(([path, service]) => `${service} cannot enter ${path}/`);
    return failed(base, names.join('; '), mend);
  }
  if (top && (top.mode & (others | group)) !== 0) {
    const command = `chmod 700 ${at(seen.status, '.')}`;
    return warned(base, `${inWords(top)}: other users can enter the deployment’s directory`, {
      fix: command,
      command,
      evidence,
    });
  }
  return passed(base, top ? `mode ${octal(top.mode)}` : 'not seen');
}

/** Files that containers read and everybody may. */
function plainFiles({
  places: { proxyService, config, certificate, upstreamCa, sampleServer },
}: DoctorObservation): readonly (readonly [path: string, service: string])[] {
  return [
    [config, proxyService],
    [certificate, proxyService],
    [upstreamCa, proxyService],
    [sampleServer, services.sample],
  ];
}

function judgePlain(seen: DoctorObservation): DoctorCheck {
  const base = {
    id: 'readable-files',
    title: 'Files that containers read',
    expected: 'mode 0644',
  };
  const install = ownCommand(seen.status, 'install');
  const there = plainFiles(seen).flatMap(([path, service]) => {
    const file = pathOf(seen, path);
    return file ? [{ file, service }] : [];
  });
  if (!seen.files.ownersHold && there.some(({ file }) => (file.mode & 0o004) === 0))
    return unknown(base, 'the engine maps user ids');
  const shut = there.filter(({ file, service }) => !lets(file, userOf(seen, service), 4));
  if (shut.length === 0) return passed(base, `${there.length} of them, readable`);
  const names = shut.map(({ file, service }) => `${file.path} (${service}; ${inWords(file)})`);
  return failed(base, `the container’s user cannot read ${names.join(', ')}`, {
    fix: `${install}   (sets the modes; by hand: chmod 644 ${shut.map(({ file }) => at(seen.status, file.path)).join(' ')})`,
    command: install,
  });
}

/** Who may read what on this host, and whether the containers may read what they need. Pure. */
export function judgeFileModes(seen: DoctorObservation): readonly DoctorCheck[] {
  const { proxyService, key, token } = seen.places;
  const tokenInFile = pathOf(seen, token) !== undefined;
  return [
    judgeDirectories(seen),
    judgeSecret(seen, {
      ...{ id: 'tls-key-mode', title: key, path: key, service: proxyService },
    }),
    ...(tokenInFile
      ? [
          judgeSecret(seen, {
            ...{ id: 'token-mode', title: token, path: token, service: services.cloudflared },
          }),
        ]
      : []),
    judgeCaKey(seen),
    ...judgeEnv(seen),
    judgePlain(seen),
  ];
}
