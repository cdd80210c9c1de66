import type { ContainerDetails } from '../../ports/engine.ts';
import type { ContainerSet } from './container-set.ts';
import { roleOfService, userOfImage } from './program-role.ts';
import type { RehearsedContainer } from './rehearsed-container.ts';

/** How a pretend container was created, as far as its service tells; an engine would know more. */
export function rehearsedDetails(
  { record, service }: RehearsedContainer,
  containers: ContainerSet,
): ContainerDetails {
  const { networkOf, environment, mounts } = service;
  const parent = networkOf === undefined ? undefined : containers.find(record.project, networkOf);
  const role = roleOfService(service);
  const { uid, gid } = service.user ?? (role ? userOfImage(role) : { uid: 0, gid: 0 });
  return {
    id: record.id,
    user: `${uid}:${gid}`,
    entrypoint: service.entrypoint ?? [],
    command: service.command,
    environment: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    networkMode:
      networkOf === undefined
        ? `${record.project}_default`
        : `container:${parent?.record.id ?? networkOf}`,
    mounts: mounts.map(({ host, container }) => ({
      source: host,
      target: container,
      readOnly: true,
    })),
    readOnlyRoot: true,
    capDrop: ['ALL'],
    securityOptions: ['no-new-privileges:true'],
    logDriver: 'json-file',
    stopTimeout: service.stopGrace / 1000,
    outOfMemory: false,
    error: '',
    finishedAt: undefined,
  };
}
