// The least that can be done with a followed log: its bytes go to stdout as they come, frames and all.
import { request } from 'node:http';

const [socketPath] = process.argv.slice(2);
const path = '/containers/cloudflared/logs?follow=1&stdout=1&stderr=1';
request({ socketPath, path }, (response) => response.pipe(process.stdout)).end();
