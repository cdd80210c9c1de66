import manifest from '../../package.json' with { type: 'json' };

/** This program's version, as written into the files it makes. */
export const toolVersion: string = manifest.version;
