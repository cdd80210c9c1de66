import type { Deployment } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { contains, parseCidr } from '../../domain/ipv4.ts';
import { chooseProject, namedProject } from '../../domain/project-name.ts';
import type { ContainerInfo, NetworkInfo } from '../../ports/engine.ts';
import type { Files } from '../../ports/files.ts';
import { type Check, judgedFailure } from './check-context.ts';

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
export const networkOverlap: Check = async ({ ports, answers }) => {
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
    const count = networks.length === 1 ? '1 network' : `${networks.length} networks`;
    if (hits.length === 0)
      return [{ result: { ...base, status: 'pass', found: `${count}, no overlap` } }];
    const fix = `If that server is not a container here: give Docker other ranges (default-address-pools in /etc/docker/daemon.json) and remove the network. docker network inspect ${[...new Set(hits.map((hit) => hit.network))].join(' ')}`;
    return [
      { result: { ...base, status: 'warn', found: hits.map((hit) => hit.text).join('; '), fix } },
    ];
  } catch {
    return [{ result: { ...base, status: 'skip', found: 'Docker could not be asked' } }];
  }
};

/** The Compose project's name is free, or ours (design 4). */
export const projectName: Check = async ({ ports, deployment }) => {
  const base = {
    id: 'project-name',
    title: 'Compose project',
    expected: 'a name that no other directory holds',
  };
  const containers = await ports.engine.containers({}).catch(() => undefined);
  if (!containers)
    return [{ result: { ...base, status: 'skip', found: 'Docker could not be asked' } }];
  try {
    const env = await ports.files.readText(deployment.envFile);
    const named = namedProject(deployment, env);
    const chosen = chooseProject(deployment.dir, containers, named);
    const taken = await holderOf(chosen.name, containers, ports.files, deployment);
    if (taken) return [judgedFailure(base.id, base.title, base.expected, taken)];
    const found = chosen.takenBy
      ? `mcp-tunnel belongs to ${chosen.takenBy}; this one is ${chosen.name}`
      : chosen.name;
    return [{ result: { ...base, status: 'pass', found } }];
  } catch (error) {
    return [judgedFailure(base.id, base.title, base.expected, asFailure(error))];
  }
};

/** A name from `.env` may be another directory's, whose containers `up` would replace: Compose goes by the name alone. */
async function holderOf(
  project: string,
  containers: readonly ContainerInfo[],
  files: Files,
  { dir, envFile }: Deployment,
): Promise<Failure | undefined> {
  for (const { name, workingDir } of containers.filter((each) => each.project === project)) {
    if (workingDir === dir || (await files.resolve(workingDir)) === dir) continue;
    return new Failure(
      'project-name-taken',
      `The Compose project “${project}” belongs to another directory.`,
      {
        found: `${name} of ${workingDir}`,
        expected: `only containers of ${dir}`,
        nextSteps: [
          `Was this directory copied? Remove COMPOSE_PROJECT_NAME from ${envFile}, then run the same command again.`,
          `Was it moved here? Remove the containers it left: docker rm -f $(docker ps -aq --filter label=com.docker.compose.project=${project})`,
        ],
      },
    );
  }
  return undefined;
}
