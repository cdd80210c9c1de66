import type { ScheduleWanted } from '../../src/domain/schedule-files.ts';

/** What the files of a scheduler say of an operator's deployment. */
export function sampleSchedule(): ScheduleWanted {
  const folder = '/usr/local/lib/mcp-tunnel/0.1.0-0123456789ab';
  return {
    toolVersion: '0.1.0',
    dir: '/srv/mcp-tunnel',
    stateDir: '/srv/mcp-tunnel/.mcp-tunnel',
    node: `${folder}/node`,
    main: `${folder}/dist/main.js`,
    account: { uid: 1000, gid: 1000, name: 'operator', home: '/home/operator' },
    group: 'docker',
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    renewal: { renewBefore: '743h', hour: 3, minute: 7 },
  };
}
