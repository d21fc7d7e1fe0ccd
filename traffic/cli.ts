#!/usr/bin/env node
import { runCommandLine } from '../core/command-line';
import { trafficCommand } from './command';

runCommandLine('traffic', trafficCommand);
