// What a shop needs before anybody can buy there: where it ships to, how, and how people pay.
module.exports = {
  defaultLanguage: "en",
  defaultZone: "Europe",
  roles: [],
  countries: [
    { name: "Germany", code: "DE", zone: "Europe" },
    { name: "Austria", code: "AT", zone: "Europe" },
  ],
  taxRates: [{ name: "Standard Tax", percentage: 19 }],
  shippingMethods: [
    { name: "DHL Paket", price: 490, taxRate: 19 },
    { name: "Express", price: 1290, taxRate: 19 },
  ],
  paymentMethods: [
    {
      name: "Prepaid",
      handler: { code: "dummy-payment-handler", arguments: [{ name: "automaticSettle", value: "true" }] },
    },
  ],
  collections: [],
};
