import { services } from '../deployment.ts';
import { judgeConnections } from '../status-connections.ts';
import { composeCommand, ownCommand } from '../status-item.ts';
import { judgeToken } from '../status-token.ts';
import { fromStatus } from './container-checks.ts';
import { type DoctorCheck, failed, passed, unknown, warned } from './doctor-check.ts';
import type { DoctorObservation, TokenCopy } from './doctor-observation.ts';

function copyAt({ tokens }: DoctorObservation, place: string): TokenCopy | undefined {
  return tokens.find((each) => each.place === place);
}

/** Where the token lies that cloudflared is given. */
function usedPlace({ status, places }: DoctorObservation): string {
  return status.token?.in === 'env' ? '.env' : places.token;
}

/** The token that cloudflared is given: whether it can be one at all. */
function judgeOwnToken(seen: DoctorObservation): DoctorCheck {
  const item = fromStatus(judgeToken(seen.status));
  const copy = copyAt(seen, usedPlace(seen));
  const give = ownCommand(seen.status, 'install', '--token-file', 'FILE');
  if (copy && !copy.token.ok) {
    const { id, title, expected } = item;
    return failed({ id, title, expected }, `${copy.place}: ${copy.token.problem}`, {
      fix: give,
      command: give,
    });
  }
  // Without a token there is no connection; that it has to be given is no matter of time.
  return item.status === 'warn' ? { ...item, status: 'fail' } : item;
}

/** Copies of the token beside the one in use. */
function judgeCopies(seen: DoctorObservation): DoctorCheck {
  const base = {
    id: 'token-copies',
    title: 'Copies of the token',
    expected: 'one token, the same wherever it lies',
  };
  const own = copyAt(seen, usedPlace(seen));
  const others = seen.tokens.filter((each) => each !== own);
  if (others.length === 0) return passed(base, own ? `only ${own.place}` : 'none');
  if (!own?.token.ok)
    return unknown(base, own ? `${own.place} holds none` : `${usedPlace(seen)} cannot be read`);
  const { fingerprint } = own.token.value;
  const differs = others.find(({ token }) => token.ok && token.value.fingerprint !== fingerprint);
  if (differs?.token.ok) {
    const source = `${seen.status.dir}/${differs.place}`;
    const take = ownCommand(seen.status, 'rotate-token', '--token-file', source);
    const found = `${differs.place} has another token (fingerprint ${differs.token.value.fingerprint}) than ${own.place} (${fingerprint}), which cloudflared uses`;
    return differs.place === seen.places.setupToken
      ? failed(base, found, {
          fix: `${take}   (if ${differs.place} is the newer one)`,
          command: take,
        })
      : failed(base, found, { fix: `Decide which is the newer one; remove the other: ${source}` });
  }
  const places = others.map(({ place }) => place).join(', ');
  if (seen.files.paths.some(({ path }) => path === seen.places.setupId))
    return passed(base, `${places}: the same, as setup leaves it`);
  return warned(base, `${places}: the same token once more`, {
    fix: `Nothing uses it there: rm ${seen.status.dir}/${others[0]?.place}`,
  });
}

const refusals = ['token-rotated', 'tunnel-unknown', 'token-refused'];

/** Whether the edge takes the token that cloudflared runs with, as far as its log tells. */
function judgeAccepted(seen: DoctorObservation): DoctorCheck {
  const base = {
    id: 'token-accepted',
    title: 'Token at the edge',
    expected: 'the edge takes the token, for the tunnel that it is of',
  };
  const log = seen.logs.get(services.cloudflared);
  if (!log) return unknown(base, 'cloudflared has no log');
  const known = (id: string) => log.known.find((each) => each.id === id);
  const refusal = refusals
    .flatMap((id) => known(id) ?? [])
    .sort((one, other) => other.at - one.at)[0];
  const registered = known('tunnel-registered');
  const { runningTunnel, token, connections } = seen.status;
  if (refusal && refusal.at > (registered?.at ?? -1)) {
    const open = connections.from === 'log' ? connections.locations.length : 0;
    const living =
      open === 0
        ? ''
        : ` ${open} open connections live on with what it was; one that drops cannot come back.`;
    const command = ownCommand(seen.status, 'rotate-token', '--token-file', 'FILE');
    return failed(base, `${refusal.cause}${living}`, {
      fix: `Reveal the token in the Console, then: ${command}`,
      command,
      evidence: [refusal.last],
    });
  }
  const content = token?.content;
  if (content?.ok && runningTunnel !== undefined && runningTunnel !== content.value.tunnelId) {
    const command = composeCommand(seen.status, `restart ${services.cloudflared}`);
    return failed(
      base,
      `cloudflared runs tunnel ${runningTunnel}; the token on disk is of ${content.value.tunnelId}`,
      { fix: `${command}   (if the token on disk is right)`, command },
    );
  }
  if (registered) return passed(base, 'the edge has taken it');
  return unknown(base, 'its log tells of no registration');
}

/** From the token to the connections it opens; whether the edge can be reached comes before. Pure. */
export function judgeOutbound(seen: DoctorObservation): readonly DoctorCheck[] {
  return [
    judgeOwnToken(seen),
    judgeCopies(seen),
    judgeAccepted(seen),
    fromStatus(judgeConnections(seen.status)),
  ];
}
