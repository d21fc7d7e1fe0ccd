/** All of CDK for Terraform that is used. A move to its maintained fork changes this file and aws.ts: docs/decisions.md. */
export {
  Annotations,
  App,
  Aspects,
  DefaultTokenResolver,
  Fn,
  type ITerraformDependable,
  S3Backend,
  StringConcat,
  TerraformAsset,
  TerraformElement,
  TerraformOutput,
  TerraformStack,
  Tokenization,
} from 'cdktf';
export { Construct, type IConstruct } from 'constructs';
