/** All of CDK for Terraform that is used. A move to its maintained fork changes this file and aws.ts: docs/decisions.md. */
export {
  Annotations,
  App,
  Aspects,
  Fn,
  type IAspect,
  type ITerraformDependable,
  LocalBackend,
  S3Backend,
  TerraformAsset,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  Token,
  Tokenization,
} from 'cdktf';
export { Construct, type IConstruct } from 'constructs';
