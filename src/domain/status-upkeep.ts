import { services } from './deployment.ts';
import { defaultImages, type Images, shortRef } from './images.ts';
import { composeCommand, minuteOf, ownCommand, type StatusItem } from './status-item.ts';
import type { ObservedContainer, StatusObservation } from './status-observation.ts';
import { containerOf } from './status-stack.ts';

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
