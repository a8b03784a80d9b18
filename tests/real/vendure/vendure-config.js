// A shop in memory for tests: every boot is an empty one. It listens on loopback only.
const crypto = require("crypto");
const { DefaultLogger, LogLevel, RandomBytesApiKeyStrategy, dummyPaymentHandler } = require("@vendure/core");

// By default each request checks its API key with bcrypt, which takes a third of a second. VENDURE_API_KEYS=bcrypt
// keeps it so.
class FastHashing {
  async hash(text) {
    return crypto.createHash("sha256").update(text).digest("hex");
  }
  async check(text, hash) {
    return (await this.hash(text)) === hash;
  }
}

const apiKeys = process.env.VENDURE_API_KEYS === "bcrypt" ? {} : { hashingStrategy: new FastHashing() };

exports.config = {
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  apiOptions: { hostname: "127.0.0.1", port: Number(process.env.VENDURE_PORT) },
  authOptions: {
    tokenMethod: ["bearer", "api-key"],
    requireVerification: false,
    superadminCredentials: { identifier: "superadmin", password: process.env.VENDURE_PASSWORD },
    cookieOptions: { secret: "of-no-use-without-cookies" },
    adminApiKeyStrategy: new RandomBytesApiKeyStrategy(apiKeys),
  },
  dbConnectionOptions: { type: "sqljs", autoSave: false, synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  customFields: {
    ProductVariant: [
      { name: "ean", type: "string", nullable: true },
      { name: "weightGrams", type: "int", nullable: true },
      { name: "lengthMm", type: "int", nullable: true },
      { name: "widthMm", type: "int", nullable: true },
      { name: "heightMm", type: "int", nullable: true },
      { name: "isDigital", type: "boolean", nullable: true },
    ],
    Order: [
      { name: "wmsExportedAt", type: "datetime", nullable: true },
      { name: "wmsStatus", type: "string", nullable: true },
    ],
  },
};
