/** The engine's bridge: how containers, and the program under test, reach the vendor's side. */
export const bridgeAddress = '172.17.0.1';

/** The image registry of the namespace; engines trust plain HTTP on loopback. */
export const registryAddress = '127.0.0.1:5000';

/** Port of the tunnel edge, TCP and UDP, on the bridge (facts 5.3). */
export const edgePort = 7844;

/** What answers as the vendor's API does to someone unknown; for `--api-url`. */
export const apiPort = 8443;
export const apiUrl = `http://127.0.0.1:${apiPort}`;
