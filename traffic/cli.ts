#!/usr/bin/env node
import { runCommandLine } from '../core/command-line';

runCommandLine('traffic', () => (require('./command') as typeof import('./command')).trafficCommand);
