import { readEnvValue } from '../../domain/env-file.ts';
import { contains, parseCidr } from '../../domain/ipv4.ts';
import { chooseProject } from '../../domain/project-name.ts';
import type { NetworkInfo } from '../../ports/engine.ts';
import type { Check } from './check-context.ts';

function networkHolding(
  address: string,
  networks: readonly NetworkInfo[],
): NetworkInfo | undefined {
  return networks.find((network) =>
    network.subnets.some((subnet) => {
      const cidr = parseCidr(subnet);
      return cidr.ok && contains(cidr.value, address);
    }),
  );
}

/**
 * A route to an address that a Docker network of this host covers never leaves the host: the bridge
 * takes the packets.
 */
export const networkOverlap: Check = async ({ ports, answers, deployment }) => {
  const base = {
    id: 'network-overlap',
    title: 'Docker networks and routes',
    expected: 'no route into a Docker network of this host',
  };
  try {
    const networks = (await ports.engine.networks()).filter(
      (network) => network.subnets.length > 0,
    );
    const named = await Promise.all(
      answers.routes.map(async (route) => {
        const { address, host } = route.upstream;
        if (address !== undefined) return { route, addresses: [address] };
        const answer = host.includes('.') ? await ports.network.lookup(host) : undefined;
        return { route, addresses: answer?.ok ? answer.addresses : [] };
      }),
    );
    const hits = named.flatMap(({ route, addresses }) =>
      addresses.flatMap((address) => {
        const network = networkHolding(address, networks);
        return network
          ? [
              {
                network: network.name,
                text: `route ${route.name} → ${address} is inside Docker’s network ${network.name} (${network.subnets.join(', ')})`,
              },
            ]
          : [];
      }),
    );
    if (hits.length === 0)
      return [
        { result: { ...base, status: 'pass', found: `${networks.length} networks, no overlap` } },
      ];
    const fix = `If that server is not a container here: give Docker other ranges (default-address-pools in /etc/docker/daemon.json) and remove the network. docker network inspect ${[...new Set(hits.map((hit) => hit.network))].join(' ')}`;
    return [
      { result: { ...base, status: 'warn', found: hits.map((hit) => hit.text).join('; '), fix } },
    ];
  } catch {
    return [
      {
        result: { ...base, status: 'skip', found: `Docker could not be asked (${deployment.dir})` },
      },
    ];
  }
};

/** The Compose project's name is free, or ours (design 4). */
export const projectName: Check = async ({ ports, deployment }) => {
  const base = {
    id: 'project-name',
    title: 'Compose project',
    expected: 'a name that no other directory holds',
  };
  try {
    const env = await ports.files.readText(deployment.envFile);
    const chosen = chooseProject(
      deployment.dir,
      await ports.engine.containers({}),
      readEnvValue(env, 'COMPOSE_PROJECT_NAME'),
    );
    const found = chosen.takenBy
      ? `mcp-tunnel belongs to ${chosen.takenBy}; this one is ${chosen.name}`
      : chosen.name;
    return [{ result: { ...base, status: 'pass', found } }];
  } catch {
    return [{ result: { ...base, status: 'skip', found: 'Docker could not be asked' } }];
  }
};
