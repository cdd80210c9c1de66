import { services } from './deployment.ts';
import { defaultImages, type Images, shortRef } from './images.ts';
import { composeCommand, dayOf, minuteOf, ownCommand, type StatusItem } from './status-item.ts';
import type { ObservedContainer, ObservedToken, StatusObservation } from './status-observation.ts';
import { containerOf } from './status-stack.ts';

/** The token on disk: whose it is, and since when it is there. Its text is never part of this. */
export function judgeToken(seen: StatusObservation): StatusItem {
  const base = { id: 'token', title: 'Token', expected: 'a token of this tunnel' };
  const { token, runningTunnel } = seen;
  if (!token) {
    const found = 'there is none in credentials/tunnel-token or .env';
    const fix = ownCommand(seen, 'install', '--token-file', 'FILE');
    return { ...base, status: 'warn', found, fix, due: { what: 'give the token' } };
  }
  if (token.in === 'container') return tokenOfContainer(seen, token);
  const place = token.in === 'file' ? tokenPath(seen) : '.env';
  const since = `${place} written ${dayOf(token.changedAt)}`;
  if (!token.content) {
    const tunnel =
      runningTunnel === undefined ? '' : `tunnel ${runningTunnel}, says cloudflared’s log; `;
    const found = `${tunnel}${since}; this user cannot read it`;
    return { ...base, status: 'skip', found };
  }
  if (!token.content.ok) {
    const found = `${place}: ${token.content.problem}`;
    const fix = ownCommand(seen, 'install', '--token-file', 'FILE');
    return { ...base, status: 'warn', found, fix, due: { what: 'give the token again' } };
  }
  const { tunnelId, fingerprint } = token.content.value;
  const found = `tunnel ${tunnelId}, fingerprint ${fingerprint}, ${since}`;
  if (token.runsWith !== undefined) {
    return {
      ...base,
      status: 'warn',
      found: `${found}; cloudflared runs with another one, fingerprint ${token.runsWith}`,
      expected: 'cloudflared runs with the token that its next start takes',
      fix: `If the one in .env is right: ${composeCommand(seen, `up -d ${services.cloudflared}`)}, in a shell without TUNNEL_TOKEN`,
      due: { what: 'find out which token is right' },
    };
  }
  return { ...base, status: 'pass', found };
}

function tokenPath({ layout }: StatusObservation): string {
  return layout.token.in === 'file' ? layout.token.path : 'credentials/tunnel-token';
}

/** Exported in the shell in which the stack was started, as the vendor's guide has it. */
function tokenOfContainer(seen: StatusObservation, { content }: ObservedToken): StatusItem {
  const what = content?.ok
    ? `tunnel ${content.value.tunnelId}, fingerprint ${content.value.fingerprint}, `
    : '';
  return {
    id: 'token',
    title: 'Token',
    status: 'warn',
    found: `${what}only in the container of cloudflared: the next up from another shell starts it without a token`,
    expected: 'a token that the next start finds, too',
    fix: ownCommand(seen, 'install'),
    due: { what: 'keep the token where the next start finds it' },
  };
}

function rolesOf({ layout }: StatusObservation): readonly (readonly [keyof Images, string])[] {
  return [
    ['proxy', layout.proxyService],
    ['cloudflared', services.cloudflared],
    ['sample', services.sample],
  ];
}

function digestOf(ref: string | undefined): string | undefined {
  return ref?.split('@')[1];
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** Images that run, against those that the files name and the newest that this program knows. */
export function judgeImages(seen: StatusObservation): readonly StatusItem[] {
  return rolesOf(seen).flatMap(([role, service]) => {
    const container = containerOf(seen, service);
    return container ? [judgeImage(seen, role, container)] : [];
  });
}

function judgeImage(
  seen: StatusObservation,
  role: keyof Images,
  container: ObservedContainer,
): StatusItem {
  const { service, image } = container;
  const base = { id: `image-${service}`, title: `Image ${service}` };
  const named = seen.services.ok
    ? seen.services.value.find(({ name }) => name === service)?.image
    : undefined;
  if (named !== undefined && named !== image) {
    return {
      ...base,
      status: 'warn',
      found: `runs ${shortRef(image)}; ${seen.layout.composeFile} names ${shortRef(named)}`,
      expected: named,
      fix: composeCommand(seen, 'up -d'),
      due: { what: `start ${service} from the image that ${seen.layout.composeFile} names` },
    };
  }
  const digest = digestOf(image) ?? digestOf(container.digests[0]);
  const newest = defaultImages[role];
  const newestDigest = digestOf(newest);
  const expected = newestDigest === undefined ? (named ?? newest) : newest;
  if (newestDigest !== undefined && digest !== undefined && digest !== newestDigest) {
    return {
      ...base,
      status: 'warn',
      found: `runs ${shortDigest(digest)}; the newest known to this mcp-tunnel is ${shortDigest(newestDigest)}`,
      expected,
      fix: `If it is not meant to stay: ${ownCommand(seen, 'install', '--image', `${role}=${newest}`)}`,
    };
  }
  const short = shortRef(image);
  const found =
    digest === undefined || short.includes('@') ? short : `${short} (${shortDigest(digest)})`;
  const isNewest = digest !== undefined && digest === newestDigest;
  return {
    ...base,
    status: 'pass',
    found: isNewest ? `${found}, the newest known` : found,
    expected,
  };
}

/** A run that was cut off; one that is going on is no fault. */
export function judgeUnfinished(seen: StatusObservation): StatusItem {
  const base = { id: 'unfinished', title: 'Runs', expected: 'no run that was cut off' };
  const { unfinished, working } = seen;
  if (working) {
    const found = `${working.purpose} is at work right now (process ${working.pid})`;
    return { ...base, status: 'pass', found };
  }
  if (!unfinished) return { ...base, status: 'pass', found: 'none unfinished' };
  const { flow, at, step } = unfinished;
  const began = minuteOf(new Date(at));
  return {
    ...base,
    status: 'warn',
    found: `${flow}, begun ${began}, was cut off${step === undefined ? '' : ` at the step ${step}`}`,
    fix: `${ownCommand(seen, flow)}   (goes on where it stopped)`,
    due: { what: `finish ${flow}` },
  };
}

/** A second pair that a run left behind. */
export function judgeBridge(seen: StatusObservation): StatusItem {
  const base = { id: 'bridge', title: 'Second pair', expected: 'none but during a change' };
  const { bridge, working, unfinished } = seen;
  if (!bridge.onDisk && bridge.containers === 0) return { ...base, status: 'pass', found: 'none' };
  const found = `there is one: ${bridge.containers} containers, its files are ${bridge.onDisk ? 'in .mcp-tunnel/bridge' : 'gone'}`;
  if (working) return { ...base, status: 'pass', found: `${found}; ${working.purpose} needs it` };
  return {
    ...base,
    status: 'warn',
    found: `${found}; left by a run that was cut off`,
    fix: `${ownCommand(seen, unfinished?.flow ?? 'rotate-token')}   (finishes it or takes it away)`,
    due: { what: 'finish or remove the second pair' },
  };
}

/** A CA rotation that waits for something, as it may for days; nothing where there is none. */
export function judgeCaRotation(seen: StatusObservation): readonly StatusItem[] {
  const base = { id: 'ca-rotation', title: 'CA rotation', expected: 'none, or one that goes on' };
  const { caRotation, working } = seen;
  if (!caRotation) return [];
  const { stage, next, old } = caRotation;
  const what = {
    make: 'begun, and not yet with a certificate',
    register: `the new CA ${next ?? ''} waits to be registered in the Console`,
    prove: `the new CA ${next ?? ''} is registered, and waits to take the old one’s place`,
    swap: 'stopped between its files: the proxy cannot be started with what lies in data/',
    revoke: `the new CA is in place; the old one${old === undefined ? '' : ` ${old}`} waits to be revoked in the Console`,
  }[stage];
  if (working) {
    const found = `${what}; ${working.purpose} is at work right now`;
    return [{ ...base, status: 'pass', found }];
  }
  const item: StatusItem = {
    ...base,
    status: stage === 'swap' ? 'fail' : 'warn',
    found: what,
    fix: `${ownCommand(seen, 'rotate-ca')}   (goes on, or says what to click)`,
    due: { what: 'finish the CA rotation' },
  };
  return [item];
}
