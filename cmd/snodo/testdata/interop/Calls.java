import hub.*;
import jakarta.xml.soap.*;
import jakarta.xml.ws.*;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.handler.*;
import jakarta.xml.ws.handler.soap.*;
import java.lang.reflect.Method;
import java.net.URL;
import java.nio.file.*;
import java.security.cert.X509Certificate;
import java.util.*;
import java.util.stream.*;
import javax.xml.namespace.QName;
import nazionale.*;
import nodo.*;
import org.apache.cxf.headers.Header;
import org.apache.cxf.transport.http.HTTPConduit;
import org.w3c.dom.*;

// Calls every region's service with the client that CXF generated from its WSDL,
// with documents that the JDK signed: Calls FOLDER, what calls.py reads, and
// what that prints.
public class Calls {
  static final String HUB = "urn:snodo:hub:v1", EGOV = "http://www.cnipa.it/schemas/2003/eGovIT/Busta1_0/";

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    for (String region : List.of("piemonte", "marche", "lazio")) {
      new Calls(folder, region).run();
    }
  }

  final Path folder, place;
  final String region;
  final X509Certificate ca;
  final Snodo service;
  final Answers answers = new Answers();
  Nodo node;

  Calls(Path folder, String region) throws Exception {
    this.folder = folder;
    this.region = region;
    place = folder.resolve(region);
    ca = Documents.certificate(folder.resolve("ca.pem"));
    service = new Snodo(new URL(Files.readString(folder.resolve("hub")) + "/soap/" + region + "?wsdl"));
    use(service.getNodoSOAP11());
  }

  void use(Nodo port) {
    node = port;
    Binding binding = ((BindingProvider) node).getBinding();
    List<Handler> chain = binding.getHandlerChain();
    chain.add(answers);
    binding.setHandlerChain(chain);
  }

  void say(String check, String answer) { System.out.println(region + " " + check + ": " + answer); }

  void run() throws Exception {
    say("import", Nodo.class.getMethods().length + " operations");
    Holder<String> echo = new Holder<>("perché <no> & sì"); // CXF unwraps what goes and comes under one name
    node.echo(echo);
    say("echo", echo.value);
    accepted("RSA");
    accepted("EC");
    rejected();
    refused("refused");
    if (Files.exists(place.resolve("kinds"))) {
      try (Stream<Path> all = Files.list(place.resolve("kinds"))) {
        for (Path path : all.sorted().toList()) kind(path);
      }
    }
    if (Files.exists(place.resolve("egov.xml"))) egov();
    use(service.getNodoSOAP12());
    // A fault of the sender has HTTP status 400 in SOAP 1.2: CXF reads it if told to.
    ((BindingProvider) node).getRequestContext().put(HTTPConduit.PROCESS_FAULT_ON_HTTP_400, true);
    refused("refused by SOAP 1.2");
  }

  /** Answers keeps of each answer the receipt as it came, or the fault's code. */
  class Answers implements SOAPHandler<SOAPMessageContext> {
    Element receipt;
    Document message;
    String faultCode;

    public boolean handleMessage(SOAPMessageContext context) {
      if ((Boolean) context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY)) return true;
      try {
        message = context.getMessage().getSOAPPart().getEnvelope().getOwnerDocument();
        org.w3c.dom.Node found = context.getMessage().getSOAPHeader() == null ? null
          : context.getMessage().getSOAPHeader().getElementsByTagNameNS(HUB, "Ricevuta").item(0);
        receipt = found == null ? null : Documents.parse(Documents.text(found).getBytes("UTF-8")).getDocumentElement();
      } catch (Exception e) {
        throw new WebServiceException(e);
      }
      return true;
    }

    public boolean handleFault(SOAPMessageContext context) {
      try {
        faultCode = context.getMessage().getSOAPBody().getFault().getFaultCodeAsQName().getLocalPart();
      } catch (SOAPException e) {
        throw new WebServiceException(e);
      }
      return true;
    }

    public void close(MessageContext context) { }
    public Set<QName> getHeaders() { return Set.of(); }
  }

  RispostaRichiestaRispostaSincronaUniLav submit(String document, Holder<Ricevuta> receipt) throws Exception {
    RichiestaRichiestaRispostaSincronaUniLav request = new RichiestaRichiestaRispostaSincronaUniLav();
    request.setUniLavXML(document);
    var answer = node.richiestaRispostaSincronaUniLav(request, receipt);
    verify();
    return answer;
  }

  void verify() {
    String seal = Documents.jdk(answers.receipt, ca);
    if (!seal.equals("ok")) throw new IllegalStateException("the receipt's seal: " + seal);
  }

  /** Submits a document of another kind by the operation and the element in its name. */
  void kind(Path path) throws Exception {
    String[] name = path.getFileName().toString().split("\\.");
    Method call = Stream.of(Nodo.class.getMethods())
      .filter(m -> m.getAnnotation(jakarta.jws.WebMethod.class).operationName().equals(name[0])).findFirst().orElseThrow();
    String document = Documents.sign(folder, "RSA", path);
    Holder<Ricevuta> receipt = new Holder<>();
    Object said;
    if (call.getParameterCount() == 4) { // CXF unwraps the operations of the hub's own
      Holder<Object> outcome = new Holder<>();
      call.invoke(node, document, outcome, new Holder<>(), receipt);
      said = outcome.value;
    } else {
      Object request = call.getParameterTypes()[0].getConstructor().newInstance();
      request.getClass().getMethod("set" + name[1], String.class).invoke(request, document);
      Object answer = call.invoke(node, request, receipt);
      said = answer.getClass().getMethod("getTipoRisposta").invoke(answer);
    }
    verify();
    say(name[0], said + " " + receipt.value.getTipo() + " " + receipt.value.getTracciato());
  }

  void accepted(String type) throws Exception {
    String document = Documents.sign(folder, type, place.resolve(type + ".xml"));
    Holder<Ricevuta> receipt = new Holder<>();
    var answer = submit(document, receipt);
    Ricevuta r = receipt.value;
    say("accepted " + type, answer.getTipoRisposta() + " " + r.getTipo() + " " + r.getCodiceComunicazione() + " " + r.getOrigine());
    String first = Documents.text(answers.receipt);
    submit(document, new Holder<>());
    say("again " + type, Documents.text(answers.receipt).equals(first) ? "the same receipt" : "another receipt");
    RichiediRicevuta request = new RichiediRicevuta();
    request.setImprontaDocumento(r.getImprontaDocumento());
    request.setCodice(r.getCodiceComunicazione());
    Ricevuta found = node.richiediRicevuta(request).getRicevuta().get(0);
    say("receipts " + type, "first " + found.getTipo() + " " + found.getVoce().equals(r.getVoce()));
  }

  void rejected() throws Exception {
    Holder<Ricevuta> receipt = new Holder<>();
    var answer = submit(Documents.sign(folder, "RSA", place.resolve("rejected.xml")), receipt);
    NodeList described = Documents.parse(answer.getDescrEsito().getBytes("UTF-8")).getElementsByTagName("DescrizioneAnomalia");
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < described.getLength(); i++) codes.add(described.item(i).getTextContent().split(":")[0]);
    String lines = receipt.value.getAnomalie().getAnomalia().stream()
      .map(a -> a.getCodice() + " " + a.getGravita()).collect(Collectors.joining(", "));
    say("rejected", answer.getTipoRisposta() + " " + String.join(" ", codes) + " " + receipt.value.getTipo() + " " + lines);
  }

  void refused(String check) throws Exception {
    String document = Documents.sign(folder, "RSA", place.resolve("RSA.xml")).replaceFirst("Via Casa", "Via Cosa");
    try {
      submit(document, new Holder<>());
      say(check, "accepted");
    } catch (nodo.Errori fault) {
      Errore e = fault.getFaultInfo().getErrore().get(0);
      say(check, answers.faultCode + " " + e.getCodice() + " " + !e.getTesto().isEmpty() + " " + !fault.getMessage().isEmpty());
    }
  }

  void egov() throws Exception {
    Element header = Documents.parse(Files.readAllBytes(place.resolve("egov.xml"))).getDocumentElement();
    var context = ((BindingProvider) node).getRequestContext();
    context.put(Header.HEADER_LIST, new ArrayList<>(List.of(new Header(new QName(EGOV, "Intestazione"), header))));
    Holder<Ricevuta> receipt = new Holder<>();
    var answer = submit(Documents.sign(folder, "RSA", place.resolve("RSA.xml")), receipt);
    context.remove(Header.HEADER_LIST);
    Element acknowledged = (Element) answers.message.getElementsByTagNameNS(EGOV, "Riscontro").item(0);
    String named = acknowledged.getElementsByTagNameNS(EGOV, "Identificatore").item(0).getTextContent();
    String asked = header.getElementsByTagNameNS(EGOV, "Identificatore").item(0).getTextContent();
    say("e-Gov", answer.getTipoRisposta() + " " + receipt.value.getTipo() + " " + named.equals(asked));
  }
}
