// Boots the shop and fills in what it needs; serves until it is ended.
const { bootstrap } = require("@vendure/core");
const { populate } = require("@vendure/core/cli");
const { config } = require("./vendure-config");
const initialData = require("./initial-data");

populate(() => bootstrap(config), initialData).then(
  () => console.log("ready"),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
