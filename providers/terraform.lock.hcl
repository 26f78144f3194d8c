# The providers that terraform may use here; `terraform init -lockfile=readonly` refuses any other. Copied beside every
# stack. Without hashes, terraform checks HashiCorp's signature of what it downloads, and no more; this command, run
# where registry.terraform.io can be reached, adds the hashes of all platforms:
#   npm run release -- lock
provider "registry.terraform.io/hashicorp/aws" {
  version     = "6.25.0"
  constraints = "6.25.0"
}
